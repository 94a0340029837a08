import { filter } from 'rxjs'
import { existsSync } from 'node:fs'
import { describe, expect } from 'vitest'
import { StoreError } from '../../src/domain/errors.js'
import { type Notification, proposalIdOf } from '../../src/domain/notifications/notification.js'
import { createMonitor } from '../../src/monitor.js'
import { pass, upgradeDraft } from './upgradeStory.js'
import { chainOf, soon, watch } from './watching.js'
import { onSharedChain as it } from '../support/fixtures.js'

describe('createMonitor', () => {
  it('is cold: opens, reads and sends nothing before the first subscription, or after the last one ends', async ({
    chain,
    proxy,
    place,
  }) => {
    const { governor } = await chain.deploy()
    proxy.reset()
    const monitor = createMonitor({ state: place.state, chains: [chainOf(proxy.url, governor)] })
    await new Promise((resolve) => setImmediate(resolve))
    expect(proxy.requests).toStrictEqual([])
    expect(existsSync(place.state)).toBe(false)

    expect(await soon(monitor.heads$, 'a head')).toMatchObject({ chain: 'local' })
    expect(existsSync(place.state)).toBe(true)
    const asked = proxy.requests.length
    await chain.client.mine({ blocks: 1 })
    expect(proxy.requests).toHaveLength(asked)
  })

  it('reads a chain once for all subscribers', async ({ chain, proxy }) => {
    const { governor } = await chain.deploy()
    proxy.reset()
    const monitor = createMonitor({
      state: ':memory:',
      chains: [chainOf(proxy.url, governor, { monitor: { pollInterval: '1h' } })],
    })
    await Promise.all([
      soon(monitor.heads$, 'a head'),
      soon(monitor.health$, 'the health'),
      soon(monitor.proposals$, 'the proposals'),
      soon(monitor.upgrades$, 'the queue'),
    ])

    expect(proxy.methods().filter((method) => method === 'eth_getLogs')).toHaveLength(1)
  })

  it('writes no file and calls no handler while only its streams are subscribed to', async ({ chain, place }) => {
    const people = await chain.deploy()
    const handled: Notification[] = []
    const height = Number(await chain.client.getBlockNumber()) + 60
    const monitor = createMonitor(
      {
        state: place.state,
        notifier: { handlers: [] },
        chains: [chainOf(chain.url, people.governor, { upgradeInfo: { home: place.home } })],
      },
      {
        handlers: [
          {
            type: 'own',
            handle: (notification) => {
              handled.push(notification)
              return Promise.resolve()
            },
          },
        ],
      },
    )
    const listening = monitor.notifications$.subscribe()
    await soon(monitor.heads$, 'a head')
    const id = await pass(people, upgradeDraft(people, { name: 'v2', height }))
    await chain.client.mine({ blocks: height - Number(await chain.client.getBlockNumber()) })
    await soon(monitor.heads$.pipe(filter(({ number }) => number >= BigInt(height))), 'the height')
    // One more poll: the effects of the height would be visible by now.
    await chain.client.mine({ blocks: 1 })
    await soon(monitor.heads$.pipe(filter(({ number }) => number > BigInt(height))), 'the block after it')
    listening.unsubscribe()
    expect(handled).toStrictEqual([])
    expect(place.file()).toBeUndefined()

    // What was committed meanwhile is executed by the next sync.
    await monitor.sync()
    expect(handled.map((notification) => [notification.event, proposalIdOf(notification)])).toContainEqual([
      'upgrade_scheduled',
      id.toString(),
    ])
    expect(place.file()).toStrictEqual({ name: 'v2', height })
  })
})

describe('run', () => {
  it('is refused during another run, and allowed after it', async ({ chain }) => {
    const { governor } = await chain.deploy()
    await using watching = watch({ chains: [chainOf(chain.url, governor)] })
    await watching.settle()
    await expect(watching.monitor.run()).rejects.toThrow(
      new StoreError('This monitor runs already: stop that run before the next one.'),
    )
    await watching.stop()
    const stop = new AbortController()
    const again = watching.monitor.run({ signal: stop.signal })
    await soon(watching.monitor.heads$, 'a head')
    stop.abort()

    await expect(again).resolves.toBeUndefined()
  })
})

describe('sync', () => {
  it('polls, delivers and returns the height when no run is in progress', async ({ chain, place }) => {
    const people = await chain.deploy()
    const handled: string[] = []
    const config = {
      state: place.state,
      notifier: { handlers: [] },
      chains: [chainOf(chain.url, people.governor, { upgradeInfo: { home: place.home } })],
    }
    const monitor = createMonitor(config, {
      handlers: [
        {
          type: 'own',
          handle: ({ event }) => {
            handled.push(event)
            return Promise.resolve()
          },
        },
      ],
    })
    expect(await monitor.sync()).toStrictEqual([
      { chain: 'local', ok: true, height: await chain.client.getBlockNumber() },
    ])
    await people.actor.propose({ description: 'Hello' })
    await monitor.sync()

    expect(handled).toStrictEqual(['new_proposal'])
  })

  it('triggers one more poll of a run in progress, and resolves when its results are committed', async ({ chain }) => {
    const people = await chain.deploy()
    await using watching = watch({ chains: [chainOf(chain.url, people.governor, { monitor: { pollInterval: '1h' } })] })
    await watching.settle()
    const id = await people.actor.propose({ description: 'Seen at once' })
    const [result] = await watching.monitor.sync()

    expect(result).toStrictEqual({ chain: 'local', ok: true, height: await chain.client.getBlockNumber() })
    expect(watching.events(id)).toStrictEqual(['new_proposal'])
  })

  it('concurrent with others delivers the result of its own poll, once, before it resolves', async ({ chain }) => {
    const people = await chain.deploy()
    const handled: string[] = []
    const handle = async ({ title }: Notification): Promise<void> => {
      await Promise.resolve()
      handled.push(title)
    }
    const monitor = createMonitor(
      { state: ':memory:', notifier: { handlers: [] }, chains: [chainOf(chain.url, people.governor)] },
      { handlers: [{ type: 'own', handle }] },
    )
    const listening = monitor.heads$.subscribe()
    await monitor.sync()
    const first = monitor.sync()
    await people.actor.propose({ description: 'Hello' })
    await Promise.all([first, monitor.sync(), monitor.sync()])
    listening.unsubscribe()

    expect(handled.filter((title) => title.includes('Hello'))).toHaveLength(1)
  })

  it('delivers by itself when a run is waiting for it, because that run may be stopped before it begins', async ({
    chain,
  }) => {
    const people = await chain.deploy()
    const handled: string[] = []
    const monitor = createMonitor(
      { state: ':memory:', notifier: { handlers: [] }, chains: [chainOf(chain.url, people.governor)] },
      { handlers: [{ type: 'own', handle: ({ event }) => Promise.resolve(void handled.push(event)) }] },
    )
    const listening = monitor.heads$.subscribe()
    await monitor.sync()
    await people.actor.propose({ description: 'Hello' })
    const stop = new AbortController()
    const syncing = monitor.sync()
    const running = monitor.run({ signal: stop.signal })
    stop.abort()
    await Promise.all([syncing, running])
    listening.unsubscribe()

    expect(handled).toContain('new_proposal')
  })

  it('interrupted by a stop does not report the chain as read', async ({ chain }) => {
    const { governor } = await chain.deploy()
    const monitor = createMonitor({
      state: ':memory:',
      notifier: { handlers: [] },
      chains: [chainOf(chain.url, governor, { monitor: { pollInterval: '1h' } })],
    })
    const stop = new AbortController()
    const running = monitor.run({ signal: stop.signal })
    await monitor.sync()
    const syncing = monitor.sync()
    stop.abort()
    await running

    expect(await syncing).toStrictEqual([
      {
        chain: 'local',
        ok: false,
        failure: { kind: 'transient', message: 'The monitor stopped before local was read.' },
      },
    ])
  })

  it('called several times at once returns the newest height to each caller', async ({ chain }) => {
    const people = await chain.deploy()
    await using watching = watch({ chains: [chainOf(chain.url, people.governor, { monitor: { pollInterval: '1h' } })] })
    await watching.settle()
    const heights: (bigint | undefined)[] = []
    for (let round = 0; round < 3; round += 1) {
      await people.actor.mine(1)
      const number = await chain.client.getBlockNumber()
      const results = await Promise.all([watching.monitor.sync(), watching.monitor.sync()])
      for (const [result] of results) heights.push(result?.ok === true ? result.height - number : undefined)
    }

    expect(heights).toStrictEqual([0n, 0n, 0n, 0n, 0n, 0n])
  })
})

describe('a late subscriber', () => {
  it('gets the latest proposals and upgrades at once', async ({ chain }) => {
    const people = await chain.deploy()
    await using watching = watch({ chains: [chainOf(chain.url, people.governor, { monitor: { pollInterval: '1h' } })] })
    await watching.settle()
    const id = await pass(people, upgradeDraft(people, { name: 'v2', height: 900_000 }))
    await watching.settle()
    const heard: string[] = []
    watching.monitor.proposals$.subscribe(({ proposals }) =>
      heard.push([...proposals.values()].map(({ status }) => status).join()),
    )
    watching.monitor.upgrades$.subscribe(({ upgrades }) =>
      heard.push(upgrades.map(({ name, proposalId }) => `${name} of ${proposalId}`).join()),
    )

    expect(heard).toStrictEqual(['passed', `v2 of ${id}`])
  })
})
