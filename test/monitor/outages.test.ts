import { describe, expect } from 'vitest'
import type { HandlerFilter } from '../../src/channels/filter.js'
import type { Handler } from '../../src/channels/Handler.js'
import type { ConfigInput } from '../../src/config/schema.js'
import { DeliveryError } from '../../src/domain/errors.js'
import { createMonitor } from '../../src/monitor.js'
import type { Monitor } from '../../src/monitor/Monitor.js'
import { onSharedChain as it } from '../support/fixtures.js'
import { temporaryDirectory } from '../support/storeGiven.js'
import { chainOf, hostClock } from './watching.js'

/** Channels that record what they get, and refuse permanently while they are `down`. */
function channels(...types: readonly (string | (HandlerFilter & { readonly type: string }))[]): {
  readonly handlers: readonly Handler[]
  readonly down: Set<string>
  readonly got: string[]
} {
  const got: string[] = []
  const down = new Set<string>()
  const handlers = types.map((given): Handler => {
    const events = ['new_proposal', 'channel_down', 'channel_recovered'] as const
    const { type, ...filter } = typeof given === 'string' ? { type: given, events } : given
    return {
      type,
      ...filter,
      handle: ({ event, data }) => {
        if (down.has(type)) return Promise.reject(new DeliveryError('permanent', `${type} is locked.`))
        got.push(`${type}: ${event}${'channel' in data ? ` ${data.channel}` : ''}`)
        return Promise.resolve()
      },
    }
  })
  return { handlers, down, got }
}

async function sync(monitor: Monitor, times: number): Promise<void> {
  for (let time = 0; time < times; time++) await monitor.sync()
}

describe('a monitor', () => {
  it('reports a channel that is down once, through the others, also after a restart', async ({ chain }) => {
    using directory = temporaryDirectory()
    const people = await chain.deploy()
    const { handlers, down, got } = channels('pager', 'ops', { type: 'elsewhere', events: ['new_proposal'] })
    const { scheduler, forward } = hostClock()
    const config: ConfigInput = {
      state: `${directory.path}/state.db`,
      notifier: { handlers: [] },
      chains: [chainOf(chain.url, people.governor)],
    }
    const started = () => createMonitor(config, { handlers, scheduler })
    await sync(started(), 1)
    down.add('pager')
    await people.actor.propose({ description: 'Hello' })
    await sync(started(), 3)
    await people.actor.propose({ description: 'Again' })
    await sync(started(), 3)
    const told = 'ops: channel_down pager'
    expect(got.filter((each) => each === told)).toStrictEqual([told])
    expect(got.filter((each) => each !== told).toSorted()).toStrictEqual([
      ...['elsewhere: new_proposal', 'elsewhere: new_proposal', 'ops: new_proposal', 'ops: new_proposal'],
    ])

    down.delete('pager')
    got.length = 0
    await people.actor.propose({ description: 'At last' })
    await sync(started(), 2)
    forward(301_000)
    await sync(started(), 3)
    expect(got.slice(0, 3).toSorted()).toStrictEqual([
      ...['elsewhere: new_proposal', 'ops: new_proposal', 'pager: new_proposal'],
    ])
    expect(got.slice(3)).toStrictEqual(['ops: channel_recovered pager'])
  })

  it('reports a failed channel as recovered when it is removed from the configuration, which closes its alert', async ({
    chain,
  }) => {
    using directory = temporaryDirectory()
    const people = await chain.deploy()
    const { handlers, down, got } = channels('pager', 'ops')
    const config: ConfigInput = {
      state: `${directory.path}/state.db`,
      notifier: { handlers: [] },
      chains: [chainOf(chain.url, people.governor)],
    }
    await sync(createMonitor(config, { handlers }), 1)
    down.add('pager')
    await people.actor.propose({ description: 'Hello' })
    await sync(createMonitor(config, { handlers }), 3)
    got.length = 0
    const withoutPager = handlers.filter(({ type }) => type !== 'pager')
    await sync(createMonitor(config, { handlers: withoutPager }), 2)
    await sync(createMonitor(config, { handlers: withoutPager }), 2)

    expect(got).toStrictEqual(['ops: channel_recovered pager'])
  })

  it('reports two channels that are both down once each', async ({ chain }) => {
    const people = await chain.deploy()
    const { handlers, down, got } = channels('pager', 'ops')
    const config: ConfigInput = {
      state: ':memory:',
      notifier: { handlers: [] },
      chains: [chainOf(chain.url, people.governor)],
    }
    await using monitor = createMonitor(config, { handlers })
    const told: string[] = []
    monitor.notifications$.subscribe(({ event, data }) =>
      told.push(`${event}${'channel' in data ? ` ${data.channel}` : ''}`),
    )
    await monitor.sync()
    down.add('pager').add('ops')
    await people.actor.propose({ description: 'Hello' })
    await sync(monitor, 6)

    expect(got).toStrictEqual([])
    expect(told).toStrictEqual(['new_proposal', 'channel_down ops', 'channel_down pager'])
  })

  it('reports an outage of the only channel in the inbox alone', async ({ chain }) => {
    const people = await chain.deploy()
    const { handlers, down, got } = channels('pager')
    const config: ConfigInput = {
      state: ':memory:',
      notifier: { handlers: [], priorities: { channel_down: 'critical' } },
      chains: [chainOf(chain.url, people.governor, { labels: { team: 'core' } })],
    }
    await using monitor = createMonitor(config, { handlers })
    const told: unknown[] = []
    monitor.notifications$.subscribe((notification) => told.push(notification))
    await monitor.sync()
    down.add('pager')
    await people.actor.propose({ description: 'Hello' })
    await sync(monitor, 2)
    down.clear()
    await sync(monitor, 2)

    expect(got).toStrictEqual([])
    expect(told.at(-1)).toMatchObject({
      event: 'channel_down',
      priority: 'critical',
      labels: { team: 'core' },
      title: 'Notifications do not reach pager',
      data: { channel: 'pager', tries: 1, reason: 'pager is locked.', status: null, waiting: 0, until: null },
    })
  })
})
