import { asyncScheduler } from 'rxjs'
import { messageOf } from '../../src/domain/notifications/message.js'
import { describe, expect } from 'vitest'
import type { HandlerFilter } from '../../src/channels/filter.js'
import type { Handler } from '../../src/channels/Handler.js'
import { parseConfig } from '../../src/config/parseConfig.js'
import { ConfigError } from '../../src/domain/errors.js'
import type { Notification } from '../../src/domain/notifications/notification.js'
import { createMonitor } from '../../src/monitor.js'
import { openLanes } from '../../src/monitor/openLanes.js'
import { createHttpClient } from '../../src/transport/createHttpClient.js'
import { minimal } from '../support/configs.js'
import { notification } from '../support/storeGiven.js'
import { chainOf } from './watching.js'
import { onSharedChain as it } from '../support/fixtures.js'

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }
const own = (type: string, filter: HandlerFilter = {}): Handler => ({
  type,
  ...filter,
  handle: () => Promise.resolve(),
})

/** The receivers of the notification, among the configured handlers and those of the host. */
function receivers(about: Notification, handlers: readonly Handler[], configured: readonly object[] = []) {
  const config = parseConfig(minimal({}, { notifier: { handlers: configured } }))
  const { route } = openLanes(config, {
    handlers,
    log: silent,
    now: () => 0,
    scheduler: asyncScheduler,
    http: createHttpClient(),
    compose: messageOf,
  })
  const routed = route(about, { at: 0, silences: [] })
  return 'to' in routed ? routed.to : routed
}

describe('a handler of the host', () => {
  it.each<[string, HandlerFilter, boolean]>([
    ['without a filter', {}, true],
    ['with a minPriority that is met', { minPriority: 'medium' }, true],
    ['with a minPriority that is not met', { minPriority: 'high' }, false],
    ['for this event', { events: ['proposal_passed', 'new_proposal'] }, true],
    ['for other events', { events: ['proposal_passed'] }, false],
    ['for this chain', { chains: ['local'] }, true],
    ['for other chains', { chains: ['elsewhere'] }, false],
    ['for no event', { events: [] }, false],
    ['with one condition that is not met', { minPriority: 'low', events: ['new_proposal'], chains: [] }, false],
  ])('%s gets the same notifications as a configured one', (_, filter, isWanted) => {
    const about = notification('n-1', { event: 'new_proposal', priority: 'medium', chain: 'local' })
    expect(receivers(about, [own('pager', filter)])).toStrictEqual(isWanted ? ['pager'] : [])

    // A configuration may only name its own chains.
    if (filter.chains?.includes('elsewhere') === true) return
    expect(receivers(about, [], [{ type: 'log', ...filter }])).toStrictEqual(isWanted ? ['log'] : [])
  })

  it('gets a name different from others of its type', () => {
    expect(receivers(notification('n-1'), [own('log'), own('pager'), own('pager')], [{ type: 'log' }])).toStrictEqual([
      'log',
      'log-2',
      'pager',
      'pager-2',
    ])
  })

  it('may name only configured chains', () => {
    const handlers = [own('pager', { chains: ['local'] }), own('chat', { chains: ['local', 'locale'] })]

    expect(() => createMonitor(parseConfig(minimal({}, { state: ':memory:' })), { handlers })).toThrow(
      new ConfigError([
        { path: 'handlers[1].chains[1]', message: 'expected the name of a chain of the configuration' },
      ]),
    )
  })
})

describe('a monitor with handlers of the host', () => {
  it('passes to each the notifications that match its filter', async ({ chain }) => {
    const people = await chain.deploy()
    const handled: string[] = []
    const noting = (type: string, filter: HandlerFilter = {}): Handler => ({
      type,
      ...filter,
      handle: ({ event }) => {
        handled.push(`${type}: ${event}`)
        return Promise.resolve()
      },
    })
    const config = {
      state: ':memory:',
      notifier: { handlers: [] },
      chains: [chainOf(chain.url, people.governor)],
    }
    const monitor = createMonitor(config, {
      handlers: [
        noting('all'),
        noting('urgent', { minPriority: 'critical' }),
        noting('new', { events: ['new_proposal'] }),
      ],
    })
    const listening = monitor.notifications$.subscribe()
    await monitor.sync()
    await people.actor.propose({ description: 'Hello' })
    await monitor.sync()
    listening.unsubscribe()

    expect(handled.toSorted()).toStrictEqual(['all: new_proposal', 'new: new_proposal'])
  })
})
