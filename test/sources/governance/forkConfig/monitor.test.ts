import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ConfigInput } from '../../../../src/config/schema.js'
import { createMonitor } from '../../../../src/monitor.js'
import { type Watching, watch } from '../../../monitor/watching.js'
import { cliHere } from '../../../support/cliHere.js'
import { aPlace } from '../../../support/fixtures.js'
import { type ForkNode, type KnownFork, start, startForkNode } from '../../../support/servers/forkNode.js'

const hour = 3_600
const day = 24 * hour
const before: KnownFork = { forkId: '0x5167e2a6', time: start - day }
const next: KnownFork = { forkId: '0x07c9462e', time: start + 10 * day }
const key = 'mainnet/eth_config/0x5167e2a6'

const configOf = (...nodes: readonly ForkNode[]): ConfigInput['chains'][number] => ({
  name: 'mainnet',
  rpc: { urls: nodes.map(({ url }) => url) },
  governance: { system: 'fork-config' },
  monitor: { pollInterval: '50ms', downAfter: '50ms' },
  scheduler: { reminders: ['1d', '1h'] },
})

/** Matches a text that contains these words. */
const containing = (words: string): unknown => expect.stringContaining(words)

const forkOf = async ({ monitor, settle }: Watching) => {
  await settle()
  return monitor.snapshot().upgrades.find((upgrade) => upgrade.key === key)
}
const eventsOf = ({ events }: Watching) =>
  events().filter((event) => event.startsWith('upgrade') || event === 'endpoints_disagree')

describe('a monitor of the forks of nodes', () => {
  it('schedules the next fork by its time, reminds of it, and completes it once the node runs it', async () => {
    await using node = await startForkNode([before, next])
    await using watching = watch({ chains: [configOf(node)] })
    expect(await watching.told('upgrade_scheduled')).toMatchObject({
      title: 'Upgrade fork-0x07c9462e scheduled for Thu 4 Dec 2025 16:00 UTC',
      data: {
        key,
        height: null,
        time: '2025-12-04T16:00:00.000Z',
        proposalId: null,
        origin: 'chain',
        blocksLeft: null,
      },
    })
    node.goTo(9 * day + 60)
    await watching.told('upgrade_imminent')
    expect((await forkOf(watching))?.status).toBe('scheduled')
    node.goTo(10 * day)
    expect(await watching.told('upgrade_completed')).toMatchObject({ data: { evidence: 'chain_applied' } })
    expect(eventsOf(watching)).toStrictEqual([
      'upgrade_scheduled',
      'upgrade_imminent',
      'upgrade_triggered',
      'upgrade_completed',
    ])
  })

  it('announces a node that is not ready, again in the preflight, and as a failure after the time', async () => {
    await using ready = await startForkNode([before, next])
    await using old = await startForkNode([before])
    await using watching = watch({ chains: [configOf(ready, old)] })
    expect(await watching.told('endpoints_disagree')).toMatchObject({
      message: containing(`${old.host} names no fork after 0x5167e2a6, and is not ready for it.`),
    })
    for (const node of [ready, old]) node.goTo(10 * day - 1_800)
    expect(await watching.told('preflight_failed')).toMatchObject({
      message: containing(`${old.host} names no fork after 0x5167e2a6`),
    })
    for (const node of [ready, old]) node.goTo(10 * day + 120)
    expect(await watching.told('upgrade_failed')).toMatchObject({
      priority: 'critical',
      message: containing(`${old.host} still runs the fork 0x5167e2a6`),
    })
    old.configure([before, next])
    await watching.told('upgrade_completed')
  })

  it('drops the warning about a node that is updated in time, and never warns about one without eth_config', async () => {
    await using ready = await startForkNode([before, next])
    await using old = await startForkNode([before])
    await using unserved = await startForkNode([before])
    unserved.answer('unserved')
    await using watching = watch({ chains: [configOf(ready, old, unserved)] })
    const { message } = await watching.told('endpoints_disagree')
    expect(message).not.toContain(unserved.host)
    old.configure([before, next])
    ready.goTo(60)
    expect((await forkOf(watching))?.reasons).toStrictEqual([])
    for (const node of [ready, old, unserved]) node.goTo(10 * day)
    await watching.told('upgrade_completed')
  })

  it('announces once a node that is alternately ready and not ready', async () => {
    await using ready = await startForkNode([before, next])
    await using either = await startForkNode([before, next])
    await using watching = watch({ chains: [configOf(ready, either)] })
    await watching.told('upgrade_scheduled')
    for (const turn of [1, 2, 3]) {
      either.configure([before])
      ready.goTo(turn * 120)
      expect((await forkOf(watching))?.reasons).toStrictEqual([containing(either.host)])
      either.configure([before, next])
      ready.goTo(turn * 120 + 60)
      expect((await forkOf(watching))?.reasons).toStrictEqual([])
    }
    expect(eventsOf(watching)).toStrictEqual(['upgrade_scheduled', 'endpoints_disagree'])
  })

  it('announces again a node that was ready for long and no longer is', async () => {
    await using ready = await startForkNode([before, next])
    await using back = await startForkNode([before])
    await using watching = watch({ chains: [configOf(ready, back)] })
    await watching.told('endpoints_disagree')
    back.configure([before, next])
    for (const second of [600, 1_200, 1_800]) {
      ready.goTo(second)
      await watching.settle()
    }
    back.configure([before])
    ready.goTo(1_812)
    expect(await forkOf(watching)).toMatchObject({
      unready: [{ host: back.host, readyUntil: BigInt(start + 1_800) }],
    })
    expect(eventsOf(watching)).toStrictEqual(['upgrade_scheduled', 'endpoints_disagree', 'endpoints_disagree'])
  })

  it.each([
    ['and no fork', []],
    ['and another one', [{ forkId: '0xaaaaaaaa', time: start + 20 * day }]],
  ])('neither moves nor cancels a fork if a node alternates between it %s', async (_, others) => {
    await using node = await startForkNode([before, next])
    await using watching = watch({ chains: [configOf(node)] })
    await watching.told('upgrade_scheduled')
    for (const turn of [1, 2, 3]) {
      node.configure([before, ...others])
      node.goTo(turn * 1_200)
      expect((await forkOf(watching))?.name).toBe('fork-0x07c9462e')
      node.configure([before, next])
      node.goTo(turn * 1_200 + 300)
      await watching.settle()
    }
    expect(eventsOf(watching)).toStrictEqual(['upgrade_scheduled', 'endpoints_disagree'])
  })

  it('announces that the time of a fork moves, that it is withdrawn, and that it is back', async () => {
    await using node = await startForkNode([before, next])
    await using watching = watch({ chains: [configOf(node)] })
    await watching.told('upgrade_scheduled')
    node.configure([before, { forkId: '0xaaaaaaaa', time: start + 20 * day }])
    node.goTo(60)
    expect(await watching.told('endpoints_disagree')).toMatchObject({ message: containing('names 0xaaaaaaaa') })
    node.goTo(660)
    expect(await watching.told('upgrade_rescheduled')).toMatchObject({
      data: { key, name: 'fork-0xaaaaaaaa', before: { name: 'fork-0x07c9462e', time: '2025-12-04T16:00:00.000Z' } },
    })
    node.configure([before])
    node.goTo(720)
    expect((await forkOf(watching))?.status).toBe('scheduled')
    node.goTo(1_320)
    expect(await watching.told('upgrade_cancelled')).toMatchObject({
      data: { reasons: ['No node names 0xaaaaaaaa as the fork after 0x5167e2a6 any more.'] },
    })
    node.configure([before, next])
    node.goTo(1_920)
    await watching.settle()
    expect(await forkOf(watching)).toMatchObject({ status: 'scheduled', name: 'fork-0x07c9462e' })
  })

  it('uses the last answer of a silent node', async () => {
    await using old = await startForkNode([before])
    await using ready = await startForkNode([before, next])
    await using watching = watch({ chains: [configOf(old, ready)] })
    await watching.told('upgrade_scheduled')
    ready.fail(true)
    old.goTo(60)
    expect((await forkOf(watching))?.status).toBe('scheduled')
    expect(watching.events()).not.toContain('upgrade_cancelled')
    expect(watching.monitor.snapshot().health[0]?.endpoints).toMatchObject([
      { host: old.host, failures: 0, behind: 0n },
      { host: ready.host, head: 100n },
    ])
    expect(watching.monitor.snapshot().health[0]?.endpoints?.[1]?.failures).toBeGreaterThan(0)
  })

  it('continues after a node claimed a block of the far future', async () => {
    await using liar = await startForkNode([before])
    await using honest = await startForkNode([before])
    await using watching = watch({ chains: [configOf(liar, honest)] })
    await watching.settle()
    liar.goTo(4_000 * day)
    await watching.settle()
    for (const node of [liar, honest]) {
      node.goTo(60)
      node.configure([before, next])
    }
    await watching.told('upgrade_scheduled')
    for (const node of [liar, honest]) node.goTo(10 * day)
    expect(await watching.told('upgrade_completed')).toMatchObject({ data: { key } })
  })

  it.each([
    ['has no eth_config', 'unserved' as const],
    ['returns nonsense', { current: { forkId: 'abc' } }],
    ['runs a fork of the future', { current: { forkId: '0x22222222', activationTime: 9_000_000_000 } }],
    ['reports the forks of another chain', { current: { forkId: '0x5167e2a6', activationTime: 0, chainId: '0x2' } }],
    [
      'reports a next fork that is before the current one',
      { current: { forkId: '0x5167e2a6', activationTime: 9 }, next: { forkId: '0x11111111', activationTime: 3 } },
    ],
  ])('changes nothing if the only node %s', async (_, answer) => {
    await using node = await startForkNode([before, next])
    await using watching = watch({ chains: [configOf(node)] })
    await watching.told('upgrade_scheduled')
    node.answer(answer)
    node.goTo(60)
    expect(await watching.told('source_down')).toMatchObject({ message: containing(node.host) })
    expect(eventsOf(watching)).toStrictEqual(['upgrade_scheduled'])
  })
})

describe('the commands', () => {
  const inPlace = it.extend('place', aPlace)

  inPlace('count down by time, and show which node is not ready', async ({ place }) => {
    await using ready = await startForkNode([before, next])
    await using old = await startForkNode([before])
    const config = { state: place.state, notifier: { handlers: [] }, chains: [configOf(ready, old)] }
    writeFileSync(join(place.home, 'govstream.yaml'), JSON.stringify(config))
    await createMonitor(config).sync()
    // A second process continues from the state of the first.
    ready.goTo(day)
    await createMonitor(config).sync()

    const listed: unknown = JSON.parse((await cliHere(['upgrades', '--json'], place.home)).out)
    expect(listed).toMatchObject([
      {
        height: null,
        time: '2025-12-04T16:00:00.000Z',
        eta: '2025-12-04T16:00:00.000Z',
        blocksLeft: null,
        status: 'scheduled',
        reasons: [containing(old.host)],
        unready: [{ host: old.host, reason: containing(`${old.host} names no fork after 0x5167e2a6`) }],
      },
    ])
    const status = await cliHere(['status'], place.home)
    expect(status.out.replace(/\s+/g, ' ')).toContain('fork-0x07c9462e at 2025-12-04 16:00Z: 9 d left')
    const { code, out } = await cliHere(['preflight', '--json'], place.home)
    expect(code).toBe(1)
    const looked: unknown = JSON.parse(out)
    expect(looked).toMatchObject([
      {
        name: 'fork-0x07c9462e',
        verdict: 'not_ready',
        checks: [{ id: 'binary', reason: containing(old.host) }, { id: 'node' }, { id: 'clock' }],
      },
    ])
    const explained = await cliHere(['explain', key], place.home)
    expect(explained.out).toContain('at 2025-12-04T16:00:00.000Z')
    const check = await cliHere(['check'], place.home)
    expect(check.out).toContain('is ready for 0x07c9462e at 2025-12-04 16:00:00 UTC')

    old.fail(true)
    expect((await cliHere(['check'], place.home)).out).toMatch(
      new RegExp(`${old.host} refuses the request|${old.host} gave no usable answer`),
    )
  })

  inPlace('continue if the time came while no process ran', async ({ place }) => {
    await using ready = await startForkNode([before, next])
    await using old = await startForkNode([before])
    const config = { state: place.state, notifier: { handlers: [] }, chains: [configOf(ready, old)] }
    const synced = async () => {
      const monitor = createMonitor(config)
      await monitor.sync()
      return monitor.snapshot().upgrades[0]
    }
    expect(await synced()).toMatchObject({ status: 'scheduled' })
    for (const node of [ready, old]) node.goTo(10 * day + 120)
    expect(await synced()).toMatchObject({ status: 'failed', reasons: [containing(old.host)] })
    old.configure([before, next])
    for (const node of [ready, old]) node.goTo(10 * day + 240)
    expect(await synced()).toMatchObject({ status: 'completed' })
  })
})
