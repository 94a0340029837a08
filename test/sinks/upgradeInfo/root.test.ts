import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { inspectHome } from '../../../src/sinks/upgradeInfo/inspectHome.js'
import { removeUpgradeInfo } from '../../../src/sinks/upgradeInfo/removeUpgradeInfo.js'
import { withDataDirectory } from '../../../src/sinks/upgradeInfo/disk/withDataDirectory.js'
import { writeUpgradeInfo } from '../../../src/sinks/upgradeInfo/writeUpgradeInfo.js'
import { asRoot, freshHome, type Home, says, writeElsewhere } from './home.js'
import { upgrade } from './upgrade.js'

const operator = 1234
const head = 1_000n

/** The home of a node that runs as `operator`. */
function operatorsHome(options: { readonly data?: boolean } = {}): Home {
  const place = freshHome(options)
  chownSync(place.home, operator, operator)
  if (options.data !== false) chownSync(place.data, operator, operator)
  return place
}

const write = (home: string, height = 1_000) =>
  writeUpgradeInfo({ home, profile: 'portable' })(upgrade({ height }), { head })

describe('as root, in the home of another user', () => {
  beforeAll(() => {
    expect(
      asRoot,
      'these tests are about what root may be led to do and switch users: run them as root, as CI does',
    ).toBe(true)
  })

  it('never changes a file outside while data is repeatedly replaced by a link', async () => {
    const { home, path } = operatorsHome()
    const elsewhere = freshHome()
    const victim = elsewhere.path
    writeFileSync(victim, '{"name":"v2","height":900}')
    chmodSync(victim, 0o600)
    chmodSync(elsewhere.data, 0o755)
    const trace = () =>
      [elsewhere.home, elsewhere.data, victim].map((each) => {
        const { uid, gid, ino, mode, mtimeNs, ctimeNs } = lstatSync(each, { bigint: true })
        return { uid, gid, ino, mode, mtimeNs, ctimeNs }
      })
    const before = trace()
    const script = fileURLToPath(new URL('swapData.mjs', import.meta.url))
    const swapper = spawn(process.execPath, [script, home, elsewhere.data], { uid: operator, gid: operator })
    const swaps = text(swapper.stdout)
    await once(swapper.stderr, 'data')

    const results: string[] = []
    for (let height = 1_001; height <= 1_400 || !results.includes('written'); height += 1) {
      results.push((await write(home, height)).result)
      results.push((await removeUpgradeInfo({ home, profile: 'portable' })(upgrade({ height }), { head })).result)
    }
    swapper.stdin.end()

    expect(Number(await swaps)).toBeGreaterThan(100)
    expect(trace()).toStrictEqual(before)
    expect(readFileSync(victim, 'utf8')).toBe('{"name":"v2","height":900}')
    expect(readdirSync(elsewhere.data)).toStrictEqual(['upgrade-info.json'])
    expect((await write(home)).result).toBe('written')
    expect(statSync(path)).toMatchObject({ uid: operator, gid: operator })
  })

  it('does not follow a link set by the owner of a parent directory into the home of a third user or of root', async () => {
    const stranger = operatorsHome()
    const victim = freshHome()
    const homes = [join(stranger.home, 'node'), join(stranger.home, 'up', basename(victim.home))]
    symlinkSync(victim.home, join(stranger.home, 'node'))
    symlinkSync(dirname(victim.home), join(stranger.home, 'up'))
    for (const uid of [0, 4321]) {
      for (const place of [victim.home, victim.data]) chownSync(place, uid, uid)
      for (const home of homes) {
        expect(await write(home)).toMatchObject({
          result: 'failed',
          reason: says(`lies behind ${stranger.home}, which user 1234 controls, but belongs to user ${uid}`),
        })
        expect(await inspectHome(home, Date.now())).toMatchObject({ problem: says('root does not go there') })
      }
    }
    expect(victim.names()).toStrictEqual([])
    // A link set by root or the owner is followed.
    const placed = join(freshHome().home, 'node')
    symlinkSync(victim.home, placed)
    expect(await write(placed)).toMatchObject({ result: 'written' })
  })

  it('does not follow a link to a directory of another owner', async () => {
    const { home, data } = operatorsHome({ data: false })
    const elsewhere = freshHome()
    symlinkSync(elsewhere.data, data)
    lchownSync(data, operator, operator)

    expect(await write(home)).toMatchObject({ result: 'failed', reason: says('is a link that root does not follow') })
    expect(elsewhere.names()).toStrictEqual([])
  })

  it('follows a link to a directory of the owner of the home, and gives the file to that owner', async () => {
    const { home, data } = operatorsHome({ data: false })
    const elsewhere = operatorsHome()
    symlinkSync(elsewhere.data, data)

    expect(await write(home)).toMatchObject({ result: 'written' })
    expect(statSync(elsewhere.path)).toMatchObject({ uid: operator, gid: operator })
  })

  it('does not write if the directory belongs to a third user', async () => {
    const { home, data, names } = operatorsHome()
    chownSync(data, 4321, 4321)

    expect(await write(home)).toMatchObject({
      result: 'failed',
      reason: says(`${data} belongs to user 4321 and the home to user 1234`),
    })
    expect(names()).toStrictEqual([])
  })

  it('creates a missing data directory, and gives it and the file to the owner of the home', async () => {
    const { home, data, path } = operatorsHome({ data: false })

    expect(await write(home)).toMatchObject({ result: 'written' })
    for (const made of [data, path]) expect(statSync(made)).toMatchObject({ uid: operator, gid: operator })
  })

  it('fails if files cannot be reached through descriptors, and names the user to run as', async () => {
    const descriptors = '/nowhere'
    const { home, data, names } = operatorsHome()
    const unused = () => Promise.reject(new Error('was used'))
    await expect(withDataDirectory(home, { descriptors }, unused)).rejects.toThrow(
      `${data} is controlled by user 1234, and without /proc root cannot write there safely; run govstream as user 1234`,
    )
    const fresh = operatorsHome({ data: false })
    await expect(withDataDirectory(fresh.home, { make: true, descriptors }, unused)).rejects.toThrow(
      'run govstream as user 1234',
    )

    expect(names()).toStrictEqual([])
    // Its own home can be replaced by nobody else.
    expect(await withDataDirectory(freshHome().home, { descriptors }, () => Promise.resolve('used'))).toBe('used')
  })

  it('drops set-id bits of the replaced file', async () => {
    const { home, path } = operatorsHome()
    writeFileSync(path, '{"name":"v1","height":900}')
    chownSync(path, operator, operator)
    chmodSync(path, 0o6755)
    expect(await write(home)).toMatchObject({ result: 'written' })
    expect(statSync(path)).toMatchObject({ uid: operator, mode: 0o100755 })
  })
})

describe('as the user of the node', () => {
  it('follows any link, because it has only the permissions of that user', () => {
    const { home, data } = freshHome({ data: false })
    const elsewhere = freshHome()
    mkdirSync(join(elsewhere.data, 'deep'))
    symlinkSync(join(elsewhere.data, 'deep'), data)
    chmodSync(join(elsewhere.data, 'deep'), 0o777)

    expect(writeElsewhere(home, asRoot ? { uid: operator } : {})).toMatchObject({ result: 'written' })
    expect(readdirSync(join(elsewhere.data, 'deep'))).toStrictEqual(['upgrade-info.json'])
  })
})

describe('temp files of killed processes', () => {
  const place = (name: string, ageMs: number, home: Home): void => {
    const path = join(home.data, name)
    writeFileSync(path, 'half')
    utimesSync(path, new Date(Date.now() - ageMs), new Date(Date.now() - ageMs))
  }
  const uuid = '0b8ae8f4-1c29-4c9d-9a43-2f6a4a3c8e11'

  it('are removed by the next write, and only those', async () => {
    const home = freshHome()
    expect(writeElsewhere(home.home, { crash: true })).toBeUndefined()
    const [left = ''] = home.names()
    expect(left).toMatch(/\.tmp$/)
    const [, host = '', , run = ''] = /json\.(\w+)-(\d+)-(\w+)-/.exec(left) ?? []
    // Of an earlier process with our own id, as in a container; of an unreachable host, old;
    // of an older version, old.
    for (const name of [`${host}-${process.pid}-${run}-${uuid}`, `00000000-1-${run}-${uuid}`, uuid])
      place(`.upgrade-info.json.${name}.tmp`, 700_000, home)
    const kept = [
      `.upgrade-info.json.${host}-${process.ppid}-${run}-${uuid}.tmp`,
      `.upgrade-info.json.00000000-1-${run}-${uuid}.tmp`.replace('11.', '12.'),
      '.upgrade-info.json.tmp',
      'upgrade-info.json.900.tmp',
      `.other.json.${uuid}.tmp`,
    ]
    for (const name of kept) place(name, name.startsWith('.upgrade-info.json.') && name.length > 30 ? 0 : 700_000, home)
    mkdirSync(join(home.data, `.upgrade-info.json.${uuid.replace('0b', '0c')}.tmp`))

    expect(await write(home.home)).toMatchObject({ result: 'written' })
    expect(home.names()).toStrictEqual(
      ['upgrade-info.json', ...kept, `.upgrade-info.json.${uuid.replace('0b', '0c')}.tmp`].sort(),
    )
  })
})
