import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { writeUpgradeInfo } from '../../../src/sinks/upgradeInfo/writeUpgradeInfo.js'
import { asRoot, freshHome, says } from './home.js'
import { upgrade } from './upgrade.js'
import { head, plain, trace } from './writeUpgradeInfoGiven.js'

const markOf = (path: string): string => {
  const { ino, mtimeNs } = statSync(path, { bigint: true })
  return `${ino}.${mtimeNs}`
}

describe('writeUpgradeInfo', () => {
  it('writes the plan below the home and reports the path', async () => {
    const { home, path, names } = freshHome()
    const write = writeUpgradeInfo({ home, profile: 'wemixvisor' })

    expect(await write(upgrade({ info: '{"a":1}' }), { head })).toStrictEqual({
      result: 'written',
      key: 'local/0xgov/1',
      path,
      mark: markOf(path),
    })
    expect(readFileSync(path, 'utf8')).toBe('{"name":"v2","height":1000,"info":{"a":1}}\n')
    expect(statSync(path).mode & 0o777).toBe(0o644)
    expect(names()).toStrictEqual(['upgrade-info.json'])
  })

  it('reports that the file was replaced if only its confirmation failed, and unchanged the next time', async () => {
    const { home, data, path, names } = freshHome()
    const write = writeUpgradeInfo({ home, profile: 'portable' })
    const flip = (): boolean => {
      writeFileSync(join(data, names().join()), '{"name":"v2","height":1000}')
      return true
    }
    expect(await write(upgrade(), { head, isWanted: flip })).toMatchObject({
      result: 'failed',
      reason: `${path} was replaced, but is not confirmed: the file does not read back as it was written.`,
    })
    expect(await write(upgrade(), { head })).toMatchObject({ result: 'unchanged', path })
  })

  it('leaves everything unchanged if the plan is not wanted any more', async () => {
    const { home, path, names } = freshHome()
    expect(
      await writeUpgradeInfo({ home, profile: 'portable' })(upgrade(), { head, isWanted: () => false }),
    ).toMatchObject({ result: 'held' })
    expect(existsSync(path)).toBe(false)
    expect(names()).toStrictEqual([])
  })

  it.each([
    ['does not treat a plan as past because of an unconfirmed head', { name: 'by-hand', height: 5_000 }, 'refused'],
    [
      'does not replace a later plan of the same name whose height may have passed',
      { name: 'v2', height: 2_000 },
      'refused',
    ],
    ['replaces a plan that is certainly past', { name: 'v1', height: 900 }, 'written'],
  ])('%s', async (_, there, result) => {
    const { home, path } = freshHome()
    writeFileSync(path, JSON.stringify(there))
    expect(await writeUpgradeInfo({ home, profile: 'portable' })(upgrade(), { head, newest: 2n ** 40n })).toMatchObject(
      { result },
    )
  })

  it('creates the data directory if only that is missing', async () => {
    const { home, path } = freshHome({ data: false })
    expect(await writeUpgradeInfo({ home, profile: 'portable' })(upgrade(), { head })).toMatchObject({
      result: 'written',
    })
    expect(readFileSync(path, 'utf8')).toBe(plain)
  })

  it('follows a linked data directory', async () => {
    const { home, path } = freshHome({ data: false })
    const elsewhere = freshHome()
    symlinkSync(elsewhere.data, join(home, 'data'))
    expect(await writeUpgradeInfo({ home, profile: 'portable' })(upgrade(), { head })).toMatchObject({
      result: 'written',
      path,
    })
    expect(readFileSync(elsewhere.path, 'utf8')).toBe(plain)
  })

  it.each([
    [
      'the file is a link',
      'is a symbolic link',
      ({ home, path }: ReturnType<typeof freshHome>) => {
        writeFileSync(join(home, 'target'), plain)
        symlinkSync(join(home, 'target'), path)
      },
    ],
    [
      'the file is a link to nothing',
      'is a symbolic link',
      ({ home, path }: ReturnType<typeof freshHome>) => symlinkSync(join(home, 'gone'), path),
    ],
    ['the file is a directory', 'is not a regular file', ({ path }: ReturnType<typeof freshHome>) => mkdirSync(path)],
    [
      'the data directory is a file',
      'is not a directory',
      ({ data }: ReturnType<typeof freshHome>) => {
        rmSync(data, { recursive: true })
        writeFileSync(data, '')
      },
    ],
    [
      'the data directory is a link to nothing',
      'data is a link to nothing; put a directory there',
      ({ home, data }: ReturnType<typeof freshHome>) => {
        rmSync(data, { recursive: true })
        symlinkSync(join(home, 'gone'), data)
      },
    ],
    [
      'the home is a file',
      'is not a directory',
      ({ home }: ReturnType<typeof freshHome>) => {
        rmSync(home, { recursive: true })
        writeFileSync(home, '')
      },
    ],
  ])('fails with a sentence if %s, the same on every try', async (_case, words, spoil) => {
    const place = freshHome()
    spoil(place)
    const write = writeUpgradeInfo({ home: place.home, profile: 'portable' })
    const first = await write(upgrade({ height: 2_000 }), { head })
    expect(first).toMatchObject({ result: 'failed', reason: says(words) })
    expect(await write(upgrade({ height: 2_000 }), { head })).toStrictEqual(first)
    expect(existsSync(join(place.home, 'gone'))).toBe(false)
  })

  it.each([
    ['wemixvisor', '{"raw":"text"}'],
    ['cosmovisor', '"text"'],
    ['portable', '"text"'],
    ['cosmovisor', 'null'],
  ] as const)(
    'does not touch a file that holds the plan as %s reads it, with the info %s and any other keys',
    async (profile, info) => {
      const { home, path } = freshHome()
      writeFileSync(path, `{"name":"v2","time":"0001-01-01T00:00:00Z","height":1000,"info":${info},"more":1}`)
      writeFileSync(`${path}.batch`, '[]')
      const before = trace(path)
      expect(await writeUpgradeInfo({ home, profile })(upgrade({ info: 'text' }), { head })).toStrictEqual({
        result: 'unchanged',
        key: 'local/0xgov/1',
        path,
        mark: markOf(path),
      })
      expect(trace(path)).toStrictEqual(before)
    },
  )

  it.each([
    ['wemixvisor', '{"binaries":{"any":"https://b.example/v2"}}'],
    ['cosmovisor', JSON.stringify('{"binaries":{"any":"https://b.example/v2"}}')],
  ] as const)('keeps a file of the same plan with other info that %s reads, and says so', async (profile, info) => {
    const { home, path } = freshHome()
    writeFileSync(path, `{"name":"v2","height":1000,"info":${info}}`)
    const before = trace(path)
    const plan = upgrade({ info: { binaries: { any: 'https://a.example/v2' } } })
    expect(await writeUpgradeInfo({ home, profile })(plan, { head })).toMatchObject({
      result: 'unchanged',
      remark: says(`${path} held this plan already, with another info than the plan has, and was left as it is`),
    })
    expect(trace(path)).toStrictEqual(before)
  })

  it.each([
    ['wemixvisor', '"{\\"a\\":1}"', '{"name":"v2","height":1000,"info":{"a":1}}\n'],
    ['cosmovisor', '{"a":1}', '{"name":"v2","height":1000,"info":"{\\"a\\":1}"}\n'],
  ] as const)('rewrites the plan if %s cannot read its info %s', async (profile, info, text) => {
    const { home, path } = freshHome()
    writeFileSync(path, `{"name":"v2","height":1000,"info":${info}}`)
    const write = writeUpgradeInfo({ home, profile })
    expect(await write(upgrade({ info: { a: 1 } }), { head })).toMatchObject({ result: 'written' })
    expect(readFileSync(path, 'utf8')).toBe(text)
    expect(await write(upgrade({ info: { a: 1 } }), { head })).toMatchObject({ result: 'unchanged' })
  })

  it('keeps the mtime of a plan that is written twice', async () => {
    const { home, path } = freshHome()
    const write = writeUpgradeInfo({ home, profile: 'cosmovisor' })
    await write(upgrade(), { head })
    utimesSync(path, 1, 1)
    const before = trace(path)
    await write(upgrade(), { head: head + 100n })
    expect(trace(path)).toStrictEqual(before)
  })

  it('replaces an empty file and a past plan, and keeps mode and owner', async () => {
    for (const text of ['', '\n', '{"name":"v1","height":900}']) {
      const { home, path, names } = freshHome()
      writeFileSync(path, text)
      utimesSync(path, 1, 1)
      chmodSync(path, 0o660)
      if (asRoot) chownSync(path, 12_345, 54_321)
      const { uid, gid } = statSync(path)
      expect(await writeUpgradeInfo({ home, profile: 'portable' })(upgrade(), { head })).toMatchObject({
        result: 'written',
      })
      expect(statSync(path)).toMatchObject({ uid, gid, mode: 0o100660 })
      expect(readFileSync(path, 'utf8')).toBe(plain)
      expect(names()).toStrictEqual(['upgrade-info.json'])
    }
  })

  it('gives what it creates to the owner of the home, so that the node can write it, too', async () => {
    const { home, data, path } = freshHome({ data: false })
    if (asRoot) chownSync(home, 12_345, 54_321)
    const { uid, gid } = statSync(home)
    await writeUpgradeInfo({ home, profile: 'portable' })(upgrade(), { head })
    expect(statSync(data)).toMatchObject({ uid, gid })
    expect(statSync(path)).toMatchObject({ uid, gid })
  })
})
