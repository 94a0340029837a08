import { z } from 'zod'
import { describe, expect } from 'vitest'
import type { ConfigInput } from '../../src/config/schema.js'
import type { MonitorDeps } from '../../src/monitor/Monitor.js'
import { createMonitor } from '../../src/monitor.js'
import { openStore } from '../../src/store/openStore.js'
import { onSharedChain } from '../support/fixtures.js'
import { headings, livingRooms } from '../support/services/livingRooms.js'
import { routingKey, startPagerDuty } from '../support/services/pagerduty.js'
import { temporaryDirectory } from '../support/storeGiven.js'
import { chainOf, hostClock } from './watching.js'

/** One poll and what is delivered after it, by a monitor of its own: as after a restart. */
async function syncOnce(config: object, deps: MonitorDeps = {}): Promise<void> {
  await using monitor = createMonitor(z.custom<ConfigInput>().parse(config), deps)
  await monitor.sync()
}

const other = { type: 'log', name: 'ops' }

describe('sync, with a handler that is configured again', () => {
  onSharedChain('closes the messages of what ended meanwhile, and posts nothing', async ({ chain }) => {
    using directory = temporaryDirectory()
    const { governor, actor } = await chain.deploy()
    const rooms = await Promise.all(Object.values(livingRooms).map((start) => start()))
    const configOf = (handlers: readonly object[]) => ({
      state: `${directory.path}/state.db`,
      notifier: { handlers },
      chains: [chainOf(chain.url, governor)],
    })
    const all = rooms.map(({ settings }) => settings)
    await syncOnce(configOf(all))
    const id = await actor.propose({ description: 'Pay the auditors' })
    await syncOnce(configOf(all))
    const before = rooms.map((room) => headings(room))
    await actor.cancel(id)
    await syncOnce(configOf([other]))
    const { scheduler, forward } = hostClock()
    // A message is edited once a minute at most.
    forward(60_000)
    await syncOnce(configOf(all), { scheduler })
    forward(60_000)
    await syncOnce(configOf(all), { scheduler })

    expect(before).toStrictEqual(rooms.map(() => ['New proposal: Pay the auditors']))
    expect(rooms.map((room) => headings(room))).toStrictEqual(rooms.map(() => ['[closed] Canceled: Pay the auditors']))
  })

  onSharedChain('closes the alerts of what ended meanwhile', async ({ chain }) => {
    using directory = temporaryDirectory()
    const service = await startPagerDuty()
    const { governor, actor } = await chain.deploy()
    const pager = { type: 'pagerduty', name: 'pager', routingKey, apiUrl: service.url }
    const configOf = (handler: object) => ({
      state: `${directory.path}/state.db`,
      notifier: { priorities: { new_proposal: 'critical' }, handlers: [handler] },
      chains: [chainOf(chain.url, governor)],
    })
    const { scheduler, forward } = hostClock()
    const first = await actor.propose({ description: 'One' })
    await syncOnce(configOf(pager))
    // Its end is to be tried again when its handler is removed.
    service.fail({ status: 503 })
    await actor.cancel(first)
    await syncOnce(configOf(pager))
    forward(60_000)
    await syncOnce(configOf(other), { scheduler })
    const second = await actor.propose({ description: 'Two' })
    await syncOnce(configOf(pager), { scheduler })
    const between = [...service.alerts.values()]
    await actor.cancel(second)
    await syncOnce(configOf(other), { scheduler })
    const after = [...service.alerts.values()]
    await syncOnce(configOf(pager), { scheduler })
    const store = openStore({ path: `${directory.path}/state.db` })
    const failed = store.failedDeliveries()
    store.close()

    expect(between).toStrictEqual(['resolved', 'triggered'])
    expect(after).toStrictEqual(['resolved', 'triggered'])
    expect([...service.alerts.values()]).toStrictEqual(['resolved', 'resolved'])
    expect(failed).toStrictEqual([])
  })
})
