import { asyncScheduler, type SchedulerAction, type SchedulerLike, type Subscription } from 'rxjs'
import { describe, expect } from 'vitest'
import { z } from 'zod'
import { createMonitor } from '../../src/monitor.js'
import type { Monitor } from '../../src/monitor/Monitor.js'
import { proposalIdOf } from '../../src/domain/notifications/notification.js'
import { startChain } from '../support/chain.js'
import { pass, upgradeDraft } from './upgradeStory.js'
import { chainOf, hostClock, watch, type Watching } from './watching.js'
import { onSharedChain as it } from '../support/fixtures.js'
import type { RpcCall } from '../support/servers/countingProxy.js'

/**
 * A clock that advances by a second with each reading of it, so that a portion of a long
 * history is a few windows of blocks.
 */
function hastyScheduler(): SchedulerLike {
  let time = Date.now()
  return {
    now: () => (time += 1_000),
    schedule: <T>(work: (this: SchedulerAction<T>, state?: T) => void, delay?: number, state?: T): Subscription =>
      asyncScheduler.schedule(work, delay, state),
  }
}

/** The first block of a log query; none for any other call. */
function firstBlock({ method, params: [filter] = [] }: RpcCall): readonly number[] {
  return method === 'eth_getLogs' ? [Number(z.looseObject({ fromBlock: z.string() }).parse(filter).fromBlock)] : []
}

describe('a node that fails', () => {
  it('during a first sync loses nothing that was read, and causes no second notification', async ({
    chain,
    proxy,
    place,
  }) => {
    const fromBlock = await chain.client.getBlockNumber()
    const people = await chain.deploy()
    const early = await people.actor.propose({ description: 'Early' })
    await people.actor.mine(150)
    const late = await people.actor.propose({ description: 'Late' })
    const chains = [
      chainOf(proxy.url, people.governor, {
        governance: { system: 'governor', address: people.governor, fromBlock },
        rpc: { maxLogRange: 10 },
      }),
    ]
    const monitorOf = (): Monitor =>
      createMonitor({ state: place.state, notifier: { handlers: [] }, chains }, { scheduler: hastyScheduler() })
    const fromBlocks = (): readonly number[] => proxy.requests.flat().flatMap(firstBlock)
    const start = Number(fromBlock)
    // The node fails within the second portion.
    proxy.behave({ fail: 'drop', failOn: (call) => firstBlock(call).some((block) => block > start + 70) })
    const told: string[] = []
    {
      await using monitor = monitorOf()
      monitor.notifications$.subscribe(({ event }) => told.push(event))
      expect(await monitor.sync()).toMatchObject([{ ok: false }])
      expect(monitor.find().map(({ id }) => id)).toStrictEqual([early.toString()])
      expect(told).toStrictEqual([])
    }
    const before = new Set(fromBlocks())
    proxy.reset()
    proxy.behave({})
    await using monitor = monitorOf()
    monitor.notifications$.subscribe((notification) => told.push(proposalIdOf(notification) ?? notification.event))
    expect(await monitor.sync()).toMatchObject([{ ok: true }])
    const after = fromBlocks()
    const resumed = Math.min(...after)
    expect(await monitor.sync()).toMatchObject([{ ok: true }])

    // What was committed is not requested again, and each block of the rest is requested once.
    expect(resumed).toBeGreaterThan(start)
    const asked = [...[...before].filter((block) => block < resumed), ...after]
    expect(asked).toStrictEqual(asked.map((_, at) => start + 10 * at))
    expect(monitor.find().map(({ id }) => id)).toStrictEqual([early, late].map(String))
    // The vote on the early one was over before.
    expect(told).toStrictEqual([late.toString()])
  })

  it('is reported once when it is down and once when it is up, and no event of the meantime is lost', async ({
    chain,
    proxy,
  }) => {
    const people = await chain.deploy()
    proxy.behave({})
    await using watching = watch({
      chains: [chainOf(proxy.url, people.governor, { monitor: { pollInterval: '50ms', maxBackoff: '100ms' } })],
    })
    await watching.settle()
    proxy.behave({ fail: 'drop' })
    const { title } = await watching.told('source_down')
    const id = await pass(people, upgradeDraft(people, { name: 'v2', height: 900_000 }))
    proxy.behave({})
    await watching.told('source_recovered')
    await watching.told('upgrade_scheduled', id)
    await watching.settle()

    expect(title).toBe('local cannot be read')
    // The recovery is reported once it has lasted.
    expect(watching.events().filter((event) => event !== 'source_recovered')).toStrictEqual([
      'source_down',
      'new_proposal',
      'voting_ended',
      'proposal_passed',
      'upgrade_scheduled',
    ])
    expect(watching.events().filter((event) => event === 'source_recovered')).toHaveLength(1)
    expect(watching.changes.filter(({ type }) => type === 'voteCast')).toHaveLength(3)
  })

  it('and then still answers with the same block is reported once, across a restart and a reload', async ({
    chain,
    proxies,
    place,
  }) => {
    const people = await chain.deploy()
    const [first, second] = proxies
    const { scheduler, forward } = hostClock()
    const monitor = { pollInterval: '30s', downAfter: '30s', stallAfter: '10m' }
    const config = (url: string) => ({
      state: place.state,
      notifier: { handlers: [] },
      chains: [chainOf(url, people.governor, { monitor })],
    })
    const told: string[] = []
    const began = async (url: string): Promise<Watching> => {
      const watching = watch(config(url), { scheduler })
      watching.monitor.notifications$.subscribe(({ event }) => told.push(event))
      await watching.settle()
      return watching
    }
    const look = async (watching: Watching, ms: number): Promise<void> => {
      forward(ms)
      await watching.settle()
    }
    {
      await using watching = await began(first.url)
      first.behave({ fail: 'drop' })
      await look(watching, 1_000)
      await look(watching, 31_000)
      expect(told).toStrictEqual(['source_down'])
    }

    await using restarted = await began(first.url)
    await look(restarted, 900_000)
    first.behave({})
    await look(restarted, 1_000)
    expect(restarted.monitor.snapshot().health).toMatchObject([{ state: 'stalled' }])
    restarted.monitor.reload(config(second.url))
    await look(restarted, 900_000)
    expect(restarted.monitor.snapshot().health).toMatchObject([{ state: 'stalled' }])
    expect(told).toStrictEqual(['source_down'])

    await people.actor.mine(1)
    await look(restarted, 1_000)
    await look(restarted, 121_000)
    expect(told).toStrictEqual(['source_down', 'source_recovered'])
  })

  it('that restarts with another version completes an upgrade that waits for a new version', async ({
    chain,
    proxy,
    place,
  }) => {
    const people = await chain.deploy()
    proxy.behave({})
    await using watching = watch({
      chains: [
        chainOf(proxy.url, people.governor, {
          monitor: { pollInterval: '50ms', maxBackoff: '100ms' },
          scheduler: { completion: 'version' },
          upgradeInfo: { home: place.home },
        }),
      ],
    })
    await watching.settle()
    const height = Number(await chain.client.getBlockNumber()) + 60
    const id = await pass(people, upgradeDraft(people, { name: 'v2', height }))
    await watching.told('upgrade_scheduled', id)
    await chain.client.mine({ blocks: height - Number(await chain.client.getBlockNumber()) })
    await watching.told('upgrade_triggered', id)
    await people.actor.mine(5)
    await watching.settle()
    expect(await watching.upgrade(id)).toMatchObject({ status: 'in_progress' })

    proxy.behave({
      rewrite: (call, answer) => (call.method === 'web3_clientVersion' ? { result: 'anvil/v2' } : answer),
    })
    await people.actor.mine(1)
    const { data } = await watching.told('upgrade_completed', id)
    expect(data).toMatchObject({ evidence: 'version_changed', newVersion: 'anvil/v2' })
    expect(JSON.stringify(data)).toContain('"oldVersion":"anvil/v1')
    expect(watching.events(id).slice(-2)).toStrictEqual(['upgrade_triggered', 'upgrade_completed'])
  })

  it('that reports another chain id changes only the health', async ({ chain, proxy }) => {
    const people = await chain.deploy()
    proxy.behave({ chainId: 5 })
    await using watching = watch({
      chains: [
        chainOf(proxy.url, people.governor, {
          rpc: { chainId: 31_337 },
          monitor: { pollInterval: '50ms', maxBackoff: '100ms' },
        }),
      ],
    })
    const { message } = await watching.told('source_down')
    expect(message).toMatch(/chain.*5/)
    expect(await watching.monitor.sync()).toMatchObject([{ chain: 'local', ok: false, failure: { kind: 'permanent' } }])
    const id = await people.actor.propose({ description: 'Unseen for now' })
    expect(watching.changes).toStrictEqual([])

    proxy.behave({})
    await watching.told('source_recovered')
    await watching.told('new_proposal', id)
    expect([...watching.events()].sort()).toStrictEqual(['new_proposal', 'source_down', 'source_recovered'])
  })

  it('that is replaced by one of another chain is refused, and known proposals are kept', async ({ chain, proxy }) => {
    const people = await chain.deploy()
    const other = await startChain('--chain-id', '4242')
    try {
      proxy.behave({})
      await using watching = watch({
        chains: [chainOf(proxy.url, people.governor, { monitor: { pollInterval: '50ms', maxBackoff: '100ms' } })],
      })
      await watching.settle()
      const id = await people.actor.propose({ description: 'Known' })
      await watching.told('new_proposal', id)
      proxy.retarget(other.url)
      await other.client.mine({ blocks: 500 })
      await watching.told('source_down')
      expect(await watching.proposal(id)).toMatchObject({ status: 'submitted' })
      proxy.retarget(chain.url)
      await watching.told('source_recovered')
      await watching.settle()

      expect(watching.events()).toStrictEqual(['new_proposal', 'source_down', 'source_recovered'])
    } finally {
      proxy.retarget(chain.url)
      await other.stop()
    }
  })

  it('does not stop the other chains', async ({ chain, proxy }) => {
    const people = await chain.deploy()
    proxy.behave({})
    await using watching = watch({
      chains: [
        { ...chainOf('http://127.0.0.1:9', people.governor), name: 'dead' },
        { ...chainOf(proxy.url, people.governor), name: 'alive' },
      ],
    })
    await watching.told('source_down')
    const id = await people.actor.propose({ description: 'Seen all the same' })
    const { chain: where } = await watching.told('new_proposal', id)

    expect(where).toBe('alive')
    expect(await watching.monitor.sync()).toMatchObject([
      { chain: 'dead', ok: false },
      { chain: 'alive', ok: true },
    ])
    expect(
      watching
        .notifications()
        .filter(({ chain: name }) => name === 'dead')
        .map(({ event }) => event),
    ).toStrictEqual(['source_down'])
  })
})
