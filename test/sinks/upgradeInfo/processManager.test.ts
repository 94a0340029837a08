import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { archiveUpgradeInfo } from '../../../src/sinks/upgradeInfo/archiveUpgradeInfo.js'
import { runHook } from '../../../src/sinks/upgradeInfo/runHook.js'
import { upgradeInfoPath } from '../../../src/sinks/upgradeInfo/upgradeInfoPath.js'
import { writeUpgradeInfo } from '../../../src/sinks/upgradeInfo/writeUpgradeInfo.js'
import { type WemixvisorHome, wemixvisorHome } from '../../support/wemixvisorHome.js'
import { says } from './home.js'
import { upgrade } from './upgrade.js'

const recipe = fileURLToPath(new URL('../../../contrib/wemixvisor/after-write.sh', import.meta.url))

const write = ({ home }: WemixvisorHome) =>
  writeUpgradeInfo({ home, profile: 'wemixvisor' })(upgrade(), { head: 1_000n })
const afterWrite = ({ home, searchPath }: WemixvisorHome) =>
  runHook(
    { command: [recipe, 'noded.service'], timeout: 60_000 },
    { chain: 'local', name: 'v2', height: 1_000, file: upgradeInfoPath(home), searchPath },
    new AbortController().signal,
  )
/** A running node, before anything was written. */
async function running(node: WemixvisorHome): Promise<void> {
  node.start()
  await expect.poll(() => node.log()).toStrictEqual(['manager -', 'start genesis'])
}

describe('a node under the process.Manager of wemixvisor', () => {
  it('is stopped and restarted with its old binary forever if nothing is done after the write', async () => {
    using node = wemixvisorHome()
    await running(node)
    expect(await write(node)).toMatchObject({ result: 'written' })
    await expect.poll(() => node.count('end stopped')).toBeGreaterThan(5)

    expect(node.count('upgrade v2')).toBe(0)
    expect(node.current()).toBe('genesis')
  })

  it('is switched once by the script, which may run again', async () => {
    using node = wemixvisorHome()
    await running(node)
    await write(node)
    expect(await afterWrite(node)).toMatchObject({ ok: true, output: 'switched to v2' })
    await expect.poll(() => node.log().at(-1)).toBe('start v2')
    const before = node.log()
    expect(await afterWrite(node)).toMatchObject({ ok: true, output: 'v2 is current already' })

    expect(node.current()).toBe('v2')
    expect(node.log()).toStrictEqual(before)
    expect([node.count('upgrade v2'), node.count('start v2')]).toStrictEqual([1, 1])
  })

  it('is switched once, too, if it exits with an error at the restart of the manager', async () => {
    using node = wemixvisorHome({ endsBadly: true })
    await write(node)
    node.start()
    await expect.poll(() => node.log()).toStrictEqual(['manager v2', 'start genesis'])
    expect(await afterWrite(node)).toMatchObject({ ok: true, output: 'switched to v2' })
    await expect.poll(() => node.log().at(-1)).toBe('start v2')

    expect([node.count('upgrade v2'), node.count('end badly')]).toStrictEqual([1, 1])
    expect(node.current()).toBe('v2')
  })

  it('keeps running with its old binary, which is reported, if the new one is not staged', async () => {
    using node = wemixvisorHome({ staged: [] })
    await running(node)
    await write(node)
    expect(await afterWrite(node)).toMatchObject({
      ok: false,
      summary: 'ended with exit code 1',
      output: says('put it there, then end the node with: kill -KILL'),
    })

    await expect.poll(() => node.log().slice(-2)).toStrictEqual(['manager v2', 'start genesis'])
    expect(node.current()).toBe('genesis')
  })

  it('repeats the upgrade at a later crash while the file is there, and not once it is archived', async () => {
    using node = wemixvisorHome()
    await running(node)
    await write(node)
    await afterWrite(node)
    await expect.poll(() => node.log().at(-1)).toBe('start v2')
    node.restart()
    await expect.poll(() => node.log().slice(-2)).toStrictEqual(['manager v2', 'start v2'])
    node.crash()
    await expect.poll(() => node.count('upgrade v2')).toBe(2)
    await expect.poll(() => node.log().at(-1)).toBe('start v2')

    expect(await archiveUpgradeInfo({ home: node.home })({ name: 'v2', height: 1_000 })).toMatchObject({
      result: 'archived',
    })
    // It keeps what it has read until its restart.
    node.crash()
    await expect.poll(() => node.count('upgrade v2')).toBe(3)
    await expect.poll(() => node.log().at(-1)).toBe('start v2')
    node.restart()
    await expect.poll(() => node.log().slice(-2)).toStrictEqual(['manager -', 'start v2'])
    node.crash()
    await expect.poll(() => node.log().at(-1)).toBe('end badly')
    expect(node.count('upgrade v2')).toBe(3)
  })
})
