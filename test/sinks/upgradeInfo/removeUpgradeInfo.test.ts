import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { removeUpgradeInfo } from '../../../src/sinks/upgradeInfo/removeUpgradeInfo.js'
import { writeUpgradeInfo } from '../../../src/sinks/upgradeInfo/writeUpgradeInfo.js'
import { freshHome, says } from './home.js'
import { upgrade } from './upgrade.js'

describe('removeUpgradeInfo', () => {
  it('removes a plan that was written ahead', async () => {
    const { home, path, names } = freshHome()
    await writeUpgradeInfo({ home, profile: 'cosmovisor' })(upgrade(), { head: 1n })
    expect(await removeUpgradeInfo({ home, profile: 'cosmovisor' })(upgrade(), { head: 999n })).toStrictEqual({
      result: 'removed',
      path,
    })
    expect(names()).toStrictEqual([])
  })

  it('says that wemixvisor must be restarted', async () => {
    const { home } = freshHome()
    await writeUpgradeInfo({ home, profile: 'wemixvisor' })(upgrade(), { head: 1n })
    expect(await removeUpgradeInfo({ home, profile: 'wemixvisor' })(upgrade(), { head: 999n })).toMatchObject({
      result: 'removed',
      advice: says('restart it'),
    })
  })

  it('keeps the file once the height is reached', async () => {
    const { home, path } = freshHome()
    await writeUpgradeInfo({ home, profile: 'cosmovisor' })(upgrade(), { head: 1n })
    expect(await removeUpgradeInfo({ home, profile: 'cosmovisor' })(upgrade(), { head: 1_000n })).toStrictEqual({
      result: 'kept',
      path,
      reason: `The height 1000 is reached: ${path} was left alone. Check the node.`,
    })
    expect(existsSync(path)).toBe(true)
  })

  it.each(['{"name":"v2","height":1001}', '{"name":"v3","height":1000}', '', 'words'])(
    'does not remove %j, which is not our plan',
    async (text) => {
      const { home, path } = freshHome()
      writeFileSync(path, text)
      expect(await removeUpgradeInfo({ home, profile: 'cosmovisor' })(upgrade(), { head: 1n })).toMatchObject({
        result: 'kept',
      })
      expect(readFileSync(path, 'utf8')).toBe(text)
    },
  )

  it('removes a plan whose name cosmovisor wrote in lower case', async () => {
    const { home, path, names } = freshHome()
    writeFileSync(path, '{"name":"v2","time":"0001-01-01T00:00:00Z","height":1000}')
    const plan = { ...upgrade(), name: 'V2' }
    expect(await removeUpgradeInfo({ home, profile: 'wemixvisor' })(plan, { head: 1n })).toMatchObject({
      result: 'kept',
    })
    expect(await removeUpgradeInfo({ home, profile: 'cosmovisor' })(plan, { head: 1n })).toMatchObject({
      result: 'removed',
    })
    expect(names()).toStrictEqual([])
  })

  it('does nothing without a file, and fails if the path is not a file', async () => {
    const { home, path } = freshHome()
    const remove = removeUpgradeInfo({ home, profile: 'cosmovisor' })
    expect(await remove(upgrade(), { head: 1n })).toStrictEqual({ result: 'absent', path })
    mkdirSync(path)
    expect(await remove(upgrade(), { head: 1n })).toMatchObject({
      result: 'failed',
      reason: says('is not a regular file'),
    })
  })

  it('keeps the file if it is wanted again at the last moment', async () => {
    const { home, path } = freshHome()
    await writeUpgradeInfo({ home, profile: 'cosmovisor' })(upgrade(), { head: 1n })
    const remove = removeUpgradeInfo({ home, profile: 'cosmovisor' })
    expect(await remove(upgrade(), { head: 1n, isWanted: () => false })).toMatchObject({
      result: 'kept',
      reason: says('not asked for any more'),
    })
    expect(existsSync(path)).toBe(true)
  })
})
