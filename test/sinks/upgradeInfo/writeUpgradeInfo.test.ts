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
import { asRoot, freshHome, nobody, says, writeElsewhere } from './home.js'
import { upgrade } from './upgrade.js'

const head = 1_000n
const plain = '{"name":"v2","height":1000}\n'

/** All by which a touch of a file shows. */
function trace(path: string): unknown {
  const { ino, mtimeNs, ctimeNs, mode, uid, gid } = statSync(path, { bigint: true })
  return { ino, mtimeNs, ctimeNs, mode, uid, gid, text: readFileSync(path, 'utf8') }
}

const markOf = (path: string): string => {
  const { ino, mtimeNs } = statSync(path, { bigint: true })
  return `${ino}.${mtimeNs}`
}

describe('writeUpgradeInfo', () => {
  it('writes the plan below the home and says where', async () => {
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

  it('leaves everything as it was where the plan is not wanted any more by then', async () => {
    const { home, path, names } = freshHome()
    expect(
      await writeUpgradeInfo({ home, profile: 'portable' })(upgrade(), { head, isWanted: () => false }),
    ).toMatchObject({ result: 'held' })
    expect(existsSync(path)).toBe(false)
    expect(names()).toStrictEqual([])
  })

  it.each([
    [
      'takes no plan for history because of a head that nobody vouches for',
      { name: 'by-hand', height: 5_000 },
      'refused',
    ],
    [
      'replaces no later plan of the same name that the chain may have passed',
      { name: 'v2', height: 2_000 },
      'refused',
    ],
    ['replaces what is history for sure', { name: 'v1', height: 900 }, 'written'],
  ])('%s', async (_, there, result) => {
    const { home, path } = freshHome()
    writeFileSync(path, JSON.stringify(there))
    expect(await writeUpgradeInfo({ home, profile: 'portable' })(upgrade(), { head, newest: 2n ** 40n })).toMatchObject(
      { result },
    )
  })

  it('makes the data directory where only that is missing', async () => {
    const { home, path } = freshHome({ data: false })
    expect(await writeUpgradeInfo({ home, profile: 'portable' })(upgrade(), { head })).toMatchObject({
      result: 'written',
    })
    expect(readFileSync(path, 'utf8')).toBe(plain)
  })

  it('does not make a home: a wrong path must not look like a fresh node', async () => {
    const home = join(freshHome().home, 'typo')
    expect(await writeUpgradeInfo({ home, profile: 'portable' })(upgrade(), { head })).toStrictEqual({
      result: 'failed',
      key: 'local/0xgov/1',
      reason: `${home}/data/upgrade-info.json could not be written: the home ${home} does not exist; check upgradeInfo.home.`,
    })
    expect(existsSync(home)).toBe(false)
  })

  it('goes through a linked data directory', async () => {
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
  ])('fails with a sentence where %s, the same on every try', async (_case, words, spoil) => {
    const place = freshHome()
    spoil(place)
    const write = writeUpgradeInfo({ home: place.home, profile: 'portable' })
    const first = await write(upgrade({ height: 2_000 }), { head })
    expect(first).toMatchObject({ result: 'failed', reason: says(words) })
    expect(await write(upgrade({ height: 2_000 }), { head })).toStrictEqual(first)
    expect(existsSync(join(place.home, 'gone'))).toBe(false)
  })

  it('fails the same way on a directory the kernel lets nobody write to', async () => {
    const outcome = await writeUpgradeInfo({ home: '/proc', profile: 'portable' })(upgrade(), { head })
    expect(outcome).toMatchObject({
      result: 'failed',
      reason: says('/proc/data/upgrade-info.json could not be written: E'),
    })
  })

  it('does not touch a file that holds the plan already, whatever else is in it', async () => {
    const { home, path } = freshHome()
    writeFileSync(path, '{"name":"v2","time":"0001-01-01T00:00:00Z","height":1000,"info":"text","more":1}')
    writeFileSync(`${path}.batch`, '[]')
    const before = trace(path)
    for (const profile of ['wemixvisor', 'cosmovisor', 'portable'] as const) {
      expect(await writeUpgradeInfo({ home, profile })(upgrade({ info: 'other' }), { head })).toStrictEqual({
        result: 'unchanged',
        key: 'local/0xgov/1',
        path,
        mark: markOf(path),
      })
    }
    expect(trace(path)).toStrictEqual(before)
  })

  it('leaves the mtime of a plan that is written twice', async () => {
    const { home, path } = freshHome()
    const write = writeUpgradeInfo({ home, profile: 'cosmovisor' })
    await write(upgrade(), { head })
    utimesSync(path, 1, 1)
    const before = trace(path)
    await write(upgrade(), { head: head + 100n })
    expect(trace(path)).toStrictEqual(before)
  })

  it.each([
    [
      'another plan to come',
      '{"name":"v1","height":1500}',
      'holds the plan "v1" for height 1500, which the chain has not passed yet',
    ],
    [
      'another plan at our height',
      '{"name":"v1","height":1000}',
      'holds the plan "v1" for height 1000, the same height',
    ],
    ['half a plan', '{"name":"v1","hei', 'is not JSON'],
    ["somebody else's JSON", '{"version":2}', 'holds no plan name'],
    ['far too much', ' '.repeat(2 ** 20 + 1), 'is too large for a plan'],
  ])('refuses to replace %s', async (_case, text, words) => {
    const { home, path, names } = freshHome()
    writeFileSync(path, text)
    utimesSync(path, 1, 1)
    const before = trace(path)
    expect(await writeUpgradeInfo({ home, profile: 'portable' })(upgrade(), { head })).toStrictEqual({
      result: 'refused',
      key: 'local/0xgov/1',
      reason: `${path} ${words}; it was left alone. Check whose it is and move it away to let this plan in.`,
    })
    expect(trace(path)).toStrictEqual(before)
    expect(names()).toStrictEqual(['upgrade-info.json'])
  })

  it('refuses to fight with cosmovisor over a batch', async () => {
    const { home, path, names } = freshHome()
    writeFileSync(`${path}.batch`, '[]')
    expect(await writeUpgradeInfo({ home, profile: 'cosmovisor' })(upgrade(), { head })).toMatchObject({
      result: 'refused',
      reason: says('upgrade-info.json.batch exists'),
    })
    expect(names()).toStrictEqual(['upgrade-info.json.batch'])
  })

  it.each(['../v2', '..', 'a/b', ' ', 'v2\n'])(
    'refuses a plan named %j before it comes near the disk',
    async (name) => {
      const { home, names } = freshHome()
      const outcome = await writeUpgradeInfo({ home, profile: 'wemixvisor' })(upgrade({ name }), { head })
      expect(outcome).toMatchObject({ result: 'refused', reason: says('The plan') })
      expect(names()).toStrictEqual([])
    },
  )

  it('replaces an empty file and a plan that is history, and keeps mode and owner', async () => {
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

  it('gives what it makes to the owner of the place, so that the node can write it too', async () => {
    const { home, data, path } = freshHome({ data: false })
    if (asRoot) chownSync(home, 12_345, 54_321)
    const { uid, gid } = statSync(home)
    await writeUpgradeInfo({ home, profile: 'portable' })(upgrade(), { head })
    expect(statSync(data)).toMatchObject({ uid, gid })
    expect(statSync(path)).toMatchObject({ uid, gid })
  })

  it('fails rather than take the file away from its owner', () => {
    const { home, data, path, names } = freshHome()
    writeFileSync(path, '')
    utimesSync(path, 1, 1)
    chmodSync(data, 0o777)
    const { uid } = statSync(path)
    const outcome = writeElsewhere(home, asRoot ? { uid: nobody } : {})
    // Without root nobody can be made the owner but ourselves, and then there is nothing to lose.
    const kept = asRoot
      ? { result: 'failed', reason: says('its owner 0:0 cannot be kept; run govstream as that user') }
      : { result: 'written' }
    expect(outcome).toMatchObject(kept)
    expect(statSync(path).uid).toBe(uid)
    expect(names()).toStrictEqual(['upgrade-info.json'])
  })

  it('fails where the directory may not be written to, and leaves what is there', () => {
    const { home, data, path, names } = freshHome()
    writeFileSync(path, '{"name":"v2","height":900}')
    chmodSync(data, 0o555)
    const before = trace(path)
    const outcome = writeElsewhere(home, asRoot ? { uid: nobody } : {})
    expect(outcome).toMatchObject({
      result: 'failed',
      reason: says(`${path} could not be written: EACCES: permission denied; run govstream as the user of the node`),
    })
    expect(trace(path)).toStrictEqual(before)
    expect(names()).toStrictEqual(['upgrade-info.json'])
  })

  it('leaves the old file, and nothing else, where the disk is full in the middle of the plan', () => {
    const { home, path, names } = freshHome()
    writeFileSync(path, '{"name":"v2","height":900}')
    const before = trace(path)
    const outcome = writeElsewhere(home, { blocks: 1, info: 'x'.repeat(5_000) })
    expect(outcome).toMatchObject({ result: 'failed', reason: `${path} could not be written: EFBIG: file too large.` })
    expect(trace(path)).toStrictEqual(before)
    expect(names()).toStrictEqual(['upgrade-info.json'])
  })

  it('leaves the old file where the process is killed before the rename, and writes the next time', async () => {
    const { home, path, names } = freshHome()
    writeFileSync(path, '{"name":"v2","height":900}')
    const before = trace(path)
    expect(writeElsewhere(home, { crash: true })).toBeUndefined()
    expect(trace(path)).toStrictEqual(before)
    const [temp = ''] = names().filter((name) => name !== 'upgrade-info.json')
    expect(temp).toMatch(/^\.upgrade-info\.json\.[0-9a-f]{8}-\d+-[0-9a-f]{8}-[0-9a-f-]{36}\.tmp$/)
    expect(readFileSync(join(home, 'data', temp), 'utf8')).toBe(plain)

    expect(await writeUpgradeInfo({ home, profile: 'portable' })(upgrade(), { head: 1n })).toMatchObject({
      result: 'written',
    })
    expect(readFileSync(path, 'utf8')).toBe(plain)
    expect(names()).toStrictEqual(['upgrade-info.json'])
  })
})

describe('a file that another process is about to fill', () => {
  const held = {
    result: 'held',
    key: 'local/0xgov/1',
    reason: says('is empty or cut off: another process may be about to fill it.'),
  }

  /** A writer whose clock stands until it is moved. */
  function given(text: string) {
    const place = freshHome()
    const clock = { time: Date.now() }
    const writer = writeUpgradeInfo({ home: place.home, profile: 'portable', now: () => clock.time })
    writeFileSync(place.path, text)
    return {
      ...place,
      look: (afterMs: number) => {
        clock.time += afterMs
        return writer(upgrade(), { head })
      },
    }
  }

  it('is left to it, and judged by what it holds then', async () => {
    const { look, path } = given('')
    expect(await look(0)).toStrictEqual(held)
    writeFileSync(path, '{"name":"v')
    expect(await look(1_500)).toStrictEqual(held)
    writeFileSync(path, '{"name":"by-hand","height":1500}')
    expect(await look(1_500)).toMatchObject({ result: 'refused', reason: says('holds the plan "by-hand"') })
    expect(readFileSync(path, 'utf8')).toBe('{"name":"by-hand","height":1500}')
  })

  it.each([
    ['', 'written'],
    ['{"name":"v', 'refused'],
  ])('is what it is where it stays %j for two seconds', async (text, result) => {
    const { look, path } = given(text)
    expect(await look(0)).toStrictEqual(held)
    expect(await look(1_000)).toStrictEqual(held)
    expect(await look(1_000)).toMatchObject({ result })
    expect(readFileSync(path, 'utf8')).toBe(result === 'written' ? plain : text)
  })

  it('is waited for half a minute at most, however often it is touched', async () => {
    const { look, path } = given('')
    for (let touch = 0; touch < 30; touch += 1) {
      expect(await look(touch === 0 ? 0 : 1_000)).toStrictEqual(held)
      utimesSync(path, new Date(), new Date(Date.now() + touch))
    }
    expect(await look(1_000)).toMatchObject({ result: 'written' })
  })

  it('is not waited for where it has lain there for long', async () => {
    const { look } = given('')
    expect(await look(61_000)).toMatchObject({ result: 'written' })
  })
})
