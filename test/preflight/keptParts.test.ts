import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, vi } from 'vitest'
import { keepPart, notePart, takePart, type WantedDownload } from '../../src/preflight/keptParts.js'
import { onPlace as it } from '../support/onPlace.js'

const wantedAt = (path: string): WantedDownload => ({
  url: new URL(`https://user:secret@a.example/${path}`),
  hash: 'sha256',
  expected: 'ab'.repeat(32),
})

/** Keeps and takes parts as a check does, in a separate directory. */
function looking(home: string) {
  vi.stubEnv('TMPDIR', home)
  onTestFinished(() => void vi.unstubAllEnvs())
  mkdirSync(join(home, 'look'))
  const path = join(home, 'look', 'download')
  const store = join(home, `govstream-downloads-${process.getuid?.() ?? 0}`)
  return {
    path,
    store,
    kept: () => (existsSync(store) ? readdirSync(store) : []),
    keep: async (name: string, mark = '"1"') => {
      writeFileSync(path, name)
      await keepPart(wantedAt(name), path, mark, Date.now())
    },
    take: (name: string, now = Date.now(), room = Infinity) => takePart(wantedAt(name), path, { now, room }),
  }
}

describe('a part that an earlier check kept', () => {
  it('is taken once, with its validator, and its name does not reveal the URL', async ({ place: { home } }) => {
    const { keep, take, kept, path } = looking(home)
    await keep('one', '"a/b \u00e9"')
    expect(kept().join()).not.toContain('secret')
    expect(await take('other')).toBeUndefined()
    expect(await take('one')).toBe('"a/b \u00e9"')
    expect(readFileSync(path, 'utf8')).toBe('one')
    expect(await take('one')).toBeUndefined()
  })

  it('is one of at most four, the newest, and is removed after three days', async ({ place: { home } }) => {
    const { keep, take, kept, store } = looking(home)
    for (const name of ['1', '2', '3', '4']) await keep(name)
    const [first = '', second = ''] = kept()
    const ago = (seconds: number): number => Date.now() / 1000 - seconds
    utimesSync(join(store, first), ago(300_000), ago(300_000))
    utimesSync(join(store, second), ago(200_000), ago(200_000))
    await take('none')
    expect(kept()).not.toContain(first)
    await keep('5')
    await keep('6')
    expect(kept()).toHaveLength(4)
    expect(kept()).not.toContain(second)
  })

  it('is copied from a check that was killed only if there is room for a second copy', async ({ place: { home } }) => {
    const { take, path } = looking(home)
    const left = join(home, 'govstream-preflight-killed')
    mkdirSync(left, { mode: 0o700 })
    writeFileSync(join(left, 'download'), 'half of it')
    await notePart(wantedAt('one'), join(left, 'download'), '"1"')

    expect(await take('one', Date.now(), 9)).toBeUndefined()
    expect(existsSync(path)).toBe(false)
    expect(await take('one', Date.now(), 10)).toBe('"1"')
    expect(readFileSync(path, 'utf8')).toBe('half of it')
  })

  it.for([
    ['others may read', (store: string) => mkdirSync(store, { mode: 0o755 })],
    ['is a link to elsewhere', (store: string) => symlinkSync('.', store)],
  ] as const)('is neither stored in nor taken from a directory that %s', async ([, place], { place: { home } }) => {
    const { keep, take, store, path } = looking(home)
    place(store)
    await keep('one')
    expect(await take('one')).toBeUndefined()
    expect(readFileSync(path, 'utf8')).toBe('one')
  })
})
