import { chmodSync, existsSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { writeUpgradeInfo } from '../../../src/sinks/upgradeInfo/writeUpgradeInfo.js'
import { asRoot, freshHome, nobody, says, writeElsewhere } from './home.js'
import { upgrade } from './upgrade.js'
import { head, plain, trace } from './writeUpgradeInfoGiven.js'

describe('writeUpgradeInfo, when it cannot write', () => {
  it('does not create a home: a wrong path must not look like a fresh node', async () => {
    const home = join(freshHome().home, 'typo')
    expect(await writeUpgradeInfo({ home, profile: 'portable' })(upgrade(), { head })).toStrictEqual({
      result: 'failed',
      key: 'local/0xgov/1',
      reason: `${home}/data/upgrade-info.json could not be written: the home ${home} does not exist; check upgradeInfo.home.`,
    })
    expect(existsSync(home)).toBe(false)
  })

  it('fails the same way on a directory that nobody can write to', async () => {
    const outcome = await writeUpgradeInfo({ home: '/proc', profile: 'portable' })(upgrade(), { head })
    expect(outcome).toMatchObject({
      result: 'failed',
      reason: says('/proc/data/upgrade-info.json could not be written: E'),
    })
  })

  it.each([
    [
      'another plan with a future height',
      '{"name":"v1","height":1500}',
      'holds the plan "v1" for height 1500, which the chain has not passed yet',
    ],
    [
      'another plan at our height',
      '{"name":"v1","height":1000}',
      'holds the plan "v1" for height 1000, the same height',
    ],
    ['half a plan', '{"name":"v1","hei', 'is not JSON'],
    [
      'our plan with a byte order mark',
      '\uFEFF{"name":"v2","height":1000}',
      'begins with a byte order mark, so a process manager cannot read it as JSON',
    ],
    [
      'our plan with another in keys of another case',
      '{"name":"v2","height":1000,"Name":"v9"}',
      'has the key "Name", which a process manager takes for "name"',
    ],
    ['the JSON of another program', '{"version":2}', 'holds no plan name'],
    ['a file that is far too large', ' '.repeat(2 ** 20 + 1), 'is too large for a plan'],
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

  it('refuses to compete with a batch file of cosmovisor', async () => {
    const { home, path, names } = freshHome()
    writeFileSync(`${path}.batch`, '[]')
    expect(await writeUpgradeInfo({ home, profile: 'cosmovisor' })(upgrade(), { head })).toMatchObject({
      result: 'refused',
      reason: says('upgrade-info.json.batch exists'),
    })
    expect(names()).toStrictEqual(['upgrade-info.json.batch'])
  })

  it.each(['../v2', '..', 'a/b', ' ', 'v2\n'])('refuses a plan named %j before any disk access', async (name) => {
    const { home, names } = freshHome()
    const outcome = await writeUpgradeInfo({ home, profile: 'wemixvisor' })(upgrade({ name }), { head })
    expect(outcome).toMatchObject({ result: 'refused', reason: says('The plan') })
    expect(names()).toStrictEqual([])
  })

  it('fails if it could not keep the owner of the file', () => {
    const { home, data, path, names } = freshHome()
    writeFileSync(path, '')
    utimesSync(path, 1, 1)
    chmodSync(data, 0o777)
    const { uid } = statSync(path)
    const outcome = writeElsewhere(home, asRoot ? { uid: nobody } : {})
    // Without root the owner can only be ourselves, and then nothing is lost.
    const kept = asRoot
      ? { result: 'failed', reason: says('its owner 0:0 cannot be kept; run govstream as that user') }
      : { result: 'written' }
    expect(outcome).toMatchObject(kept)
    expect(statSync(path).uid).toBe(uid)
    expect(names()).toStrictEqual(['upgrade-info.json'])
  })

  it('fails if the file is of another user and unreadable, and names that user', () => {
    const { home, data, path } = freshHome()
    writeFileSync(path, '{"name":"v1","height":900}')
    chmodSync(path, asRoot ? 0o600 : 0)
    chmodSync(data, 0o777)
    const { uid } = statSync(path)
    expect(writeElsewhere(home, asRoot ? { uid: nobody } : {})).toMatchObject({
      result: 'failed',
      reason: says(
        `${path} belongs to user ${uid} and may not be read by us; give it to the user of the node, or run govstream as user ${uid}`,
      ),
    })
  })

  it('fails if the directory is not writable, and leaves its content', () => {
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

  it('leaves the old file, and nothing else, if the disk gets full during the write', () => {
    const { home, path, names } = freshHome()
    writeFileSync(path, '{"name":"v2","height":900}')
    const before = trace(path)
    const outcome = writeElsewhere(home, { blocks: 1, info: 'x'.repeat(5_000) })
    expect(outcome).toMatchObject({ result: 'failed', reason: `${path} could not be written: EFBIG: file too large.` })
    expect(trace(path)).toStrictEqual(before)
    expect(names()).toStrictEqual(['upgrade-info.json'])
  })

  it('leaves the old file if the process is killed before the rename, and writes the next time', async () => {
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
