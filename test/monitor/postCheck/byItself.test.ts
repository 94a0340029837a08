import { describe, expect } from 'vitest'
import type { Notification } from '../../../src/domain/notifications/notification.js'
import { configOf, pass } from '../../sources/governance/cosmos/monitorGiven.js'
import { onCosmos as it } from '../../sources/governance/cosmos/onCosmos.js'
import { createMonitor } from '../../../src/monitor.js'
import { cliHere } from '../../support/cliHere.js'
import type { CosmosServer } from '../../support/servers/cosmosServer.js'
import { hostClock, type Watching, watch } from '../watching.js'

const isAbout = (path: string, block: number): boolean => path.startsWith('/block') && path.endsWith(`height=${block}`)

const configWith = (server: CosmosServer, other: CosmosServer) => {
  const chain = configOf(server)
  return { ...chain, rpc: { ...chain.rpc, urls: [server.url, other.url] } }
}

const validator = 'DFA9DD9F731B4D94E19285E810D5D425CC6BB1E3'
const others = ['1', '2', '3'].map((digit) => digit.repeat(40))
const validators = [...others, validator]

const configSigned = (server: CosmosServer) => {
  const chain = configOf(server)
  return { ...chain, monitor: { ...chain.monitor, validator } }
}

/** The plan is executed at height 1,050, and some blocks follow at both nodes. */
async function upgradeAt1050(hub: Watching, server: CosmosServer, other: CosmosServer, followed: number) {
  pass(server, 937, 'v18', 1_050)
  await hub.upgrade(937n, ({ status }) => status === 'scheduled')
  other.mine(1_050 + followed - other.height())
  server.mine(1_050 + followed - server.height())
  server.apply('v18', 1_050)
}

const hostOf = ({ url }: CosmosServer): string => new URL(url).host

describe('the check after an upgrade height', () => {
  it('completes an upgrade with its findings, once, and sends no further request', async ({ server, other, place }) => {
    await using hub = watch({ state: place.state, chains: [configWith(server, other)] })
    await hub.settle()
    expect(server.requests.filter((path) => path.startsWith('/block?'))).toHaveLength(1)
    await upgradeAt1050(hub, server, other, 2)
    const { message, data } = await hub.told('upgrade_completed', 937n)

    const reason = `Block 1051 of ${hostOf(server)} and its application hash are the same as on ${hostOf(other)}.`
    expect(message).toContain(reason.replace('1051', '1,051'))
    expect(data).toMatchObject({ evidence: 'chain_applied', checks: [{ id: 'block', verdict: 'passed', reason }] })
    server.mine(5)
    other.mine(5)
    await hub.settle()
    expect(other.requests.filter((path) => isAbout(path, 1_051))).toHaveLength(1)
    const text = (await cliHere(['status', '--state', place.state], place.home)).out
    expect(text).toMatch(/^hub: upgrade v18 came out well, looked at .*: Block 1,051 of /m)
    expect(JSON.parse((await cliHere(['status', '--state', place.state, '--json'], place.home)).out)).toMatchObject([
      { nextUpgrade: null, lastUpgrade: { name: 'v18', status: 'completed', verdict: 'passed' } },
    ])
    expect((await cliHere(['explain', 'v18', '--state', place.state], place.home)).out).toMatch(
      /Checked after its height \d{4}-\d\d-\d\d .*: Block 1,051 of /,
    )
    expect((await cliHere(['audit', '--state', place.state], place.home)).out).toContain(
      'the result of the upgrade of proposal 937: Block 1,051 of',
    )
  })

  it('fails an upgrade if the node is on another chain than the others, and says what to do', async ({
    server,
    other,
    place,
  }) => {
    other.reset(server.height())
    await using hub = watch({ state: place.state, chains: [configWith(server, other)] })
    await upgradeAt1050(hub, server, other, 11)
    const failed: Notification = await hub.told('upgrade_failed', 937n)

    expect(failed).toMatchObject({
      priority: 'critical',
      title: 'Checks failed after upgrade v18 at height 1,050',
      data: { why: 'unwell', status: 'failed' },
    })
    expect(failed.message).toContain(`Block 1,051 of ${hostOf(server)} differs from that of ${hostOf(other)}`)
    expect(failed.message).toContain('Compare the hash of that block with an explorer')
    await hub.settle()
    expect(hub.events(937n)).not.toContain('upgrade_completed')
    expect((await cliHere(['status', '--state', place.state], place.home)).out).toMatch(
      /^hub: upgrade v18 did not go well/m,
    )
  })

  it('is awaited by a sync, which returns the verdict', async ({ server, other, place }) => {
    await using monitor = createMonitor({
      state: place.state,
      notifier: { handlers: [] },
      chains: [configWith(server, other)],
    })
    pass(server, 937, 'v18', 1_050)
    await monitor.sync()
    for (const node of [server, other]) node.mine(1_052 - node.height())
    server.apply('v18', 1_050)
    await monitor.sync()
    expect(monitor.snapshot().upgrades).toMatchObject([{ status: 'completed', postCheck: { verdict: 'passed' } }])
  })

  it('does not delay completion if no other node answers', async ({ server, other, place }) => {
    await using hub = watch({ state: place.state, chains: [configWith(server, other)] })
    other.behave({ fail: () => ({ status: 503, body: 'away' }) })
    await upgradeAt1050(hub, server, other, 2)
    const { data } = await hub.told('upgrade_completed', 937n)
    expect(data).toMatchObject({ checks: [{ id: 'block', verdict: 'unknown' }] })
  })

  it('does not run with a single node: the upgrade completes at once', async ({ server }) => {
    await using hub = watch({ chains: [configOf(server)] })
    await upgradeAt1050(hub, server, server, 2)
    expect((await hub.told('upgrade_completed', 937n)).data).toMatchObject({ checks: [] })
    expect(server.requests.some((path) => isAbout(path, 1_051))).toBe(false)
  })

  it('reports that the first block after the height is signed by our validator', async ({ server, place }) => {
    server.behave({ validators })
    await using hub = watch({ state: place.state, chains: [configSigned(server)] })
    await upgradeAt1050(hub, server, server, 2)
    const { message, data } = await hub.told('upgrade_completed', 937n)
    const reason = `Block 1051, the first one after the height, is signed by ${validator}.`
    const shown = reason.replace('1051', '1,051')
    expect(message).toContain(shown)
    expect(data).toMatchObject({ checks: [{ id: 'signature', verdict: 'passed', reason, todo: null }] })
    expect((await cliHere(['status', '--state', place.state], place.home)).out).toContain(shown)
  })

  it('fails an upgrade if our validator signs nothing while blocks continue', async ({ server }) => {
    server.behave({ validators, votes: (one, block) => (one === validator && block > 1_050 ? 'absent' : 'commit') })
    const { scheduler, forward } = hostClock()
    await using hub = watch({ chains: [configSigned(server)] }, { scheduler })
    await upgradeAt1050(hub, server, server, 12)
    // A switch takes a while.
    await hub.upgrade(937n, ({ postCheck }) => postCheck?.checks?.[0]?.isEarly === true)
    forward(121_000)
    const { message, priority } = await hub.told('upgrade_failed', 937n)
    expect(priority).toBe('critical')
    expect(message).toContain(`None of the blocks 1,051 to 1,060 is signed by ${validator}`)
    expect(message).toContain('Never start a second one with the same key.')
    await hub.settle()
    expect(hub.events(937n)).not.toContain('upgrade_completed')
  })

  it('reports that our validator signs again, even if late', async ({ server }) => {
    server.behave({ validators, votes: (one, block) => (one === validator && block <= 1_080 ? 'absent' : 'commit') })
    await using hub = watch({ chains: [configSigned(server)] })
    await upgradeAt1050(hub, server, server, 34)
    expect((await hub.told('upgrade_completed', 937n)).message).toContain(
      `Block 1,081, number 31 after the height, is signed by ${validator}.`,
    )
  })

  it('expects no signature from a non-validator', async ({ server }) => {
    server.behave({ validators: others })
    await using hub = watch({ chains: [configSigned(server)] })
    await upgradeAt1050(hub, server, server, 12)
    expect((await hub.told('upgrade_completed', 937n)).message).toContain('is not among the validators of block 1,060')
  })
})
