import { asyncScheduler, type SchedulerAction, type SchedulerLike, type Subscription } from 'rxjs'
import { describe, expect, onTestFinished } from 'vitest'
import { z } from 'zod'
import type { ConfigInput } from '../../../src/config/schema.js'
import { onSharedChain } from '../../support/fixtures.js'
import { headings, livingRooms } from '../../support/services/livingRooms.js'
import { routingKey, startPagerDuty } from '../../support/services/pagerduty.js'
import { startPushover, token, user } from '../../support/services/pushoverServer.js'
import { openStore } from '../../../src/store/openStore.js'
import { temporaryDirectory } from '../../support/storeGiven.js'
import { chainOf, watch } from '../watching.js'

const parsed = (config: object) => z.custom<ConfigInput & { readonly state: string }>().parse(config)
const priorities = { new_proposal: 'critical' } as const

/** Waits a tenth of a second in place of a minute. */
const impatient: SchedulerLike = {
  now: () => Date.now(),
  schedule: <T>(work: (this: SchedulerAction<T>, state?: T) => void, delay = 0, state?: T): Subscription =>
    asyncScheduler.schedule(work, delay === 60_000 ? 100 : delay, state),
}

/** Waits until the state has recorded each delivery. */
async function allRecorded(state: string): Promise<void> {
  const store = openStore({ path: state, readOnly: true })
  await expect.poll(() => store.stats()).toMatchObject({ pending: 0, dead: 0 })
  store.close()
}

/** A chain with an open proposal, of which each handler was told. */
describe('what was posted about a chain that is not watched any more', () => {
  onSharedChain('is closed at the reload, in each channel that keeps it up to date', async ({ chain }) => {
    using directory = temporaryDirectory()
    const state = `${directory.path}/state.db`
    const { governor, actor } = await chain.deploy()
    const rooms = await Promise.all(Object.values(livingRooms).map((start) => start()))
    const [pager, kept, phone] = await Promise.all([startPagerDuty(), startPagerDuty(), startPushover()])
    const handlers = [
      ...rooms.map(({ settings }) => settings),
      { type: 'pagerduty', routingKey, apiUrl: pager.url },
      { type: 'pagerduty', name: 'kept', routingKey, apiUrl: kept.url, closes: false },
      { type: 'pushover', token, user, apiUrl: phone.url },
    ]
    const notifier = { handlers, priorities }
    const local = chainOf(chain.url, governor)
    // It never answers, and tells nothing.
    const other = chainOf('http://127.0.0.1:9', governor, { name: 'other', monitor: { downAfter: '1h' } })
    await using watching = watch(parsed({ state, chains: [local, other], notifier }))
    await watching.told('new_proposal', await actor.propose({ description: 'Pay the auditors' }))
    await expect.poll(() => [phone.ringing.size, pager.events.length, kept.events.length]).toStrictEqual([1, 1, 1])
    const title = 'New proposal: Pay the auditors'
    for (const room of rooms) await expect.poll(() => headings(room)).toStrictEqual([title])
    await allRecorded(state)
    watching.monitor.reload(parsed({ state, chains: [other], notifier }))

    for (const room of rooms) await expect.poll(() => headings(room)).toStrictEqual([`[closed] ${title}`])
    await expect.poll(() => phone.ringing.size).toBe(0)
    expect(phone.shown).toHaveLength(1)
    await expect
      .poll(() => [...pager.alerts].filter(([key]) => key.startsWith('local/')))
      .toStrictEqual([[expect.stringMatching(/^local\/0x/), 'resolved']])
    expect([...kept.alerts].filter(([key]) => key.startsWith('local/'))).toStrictEqual([
      [expect.stringMatching(/^local\/0x/), 'triggered'],
    ])
  })

  onSharedChain('is closed in one channel though another one, which comes first, is down', async ({ chain }) => {
    using directory = temporaryDirectory()
    const { governor, actor } = await chain.deploy()
    const [down, pager] = await Promise.all([startPagerDuty(), startPagerDuty()])
    const handlers = [
      { type: 'pagerduty', name: 'down', routingKey, apiUrl: down.url },
      { type: 'pagerduty', name: 'pager', routingKey, apiUrl: pager.url },
    ]
    const configOf = (name: string) =>
      parsed({
        state: `${directory.path}/state.db`,
        chains: [chainOf(chain.url, governor, { name })],
        notifier: { handlers, priorities },
      })
    await using watching = watch(configOf('local'))
    for (const description of ['Pay the auditors', 'Pay them again'])
      await watching.told('new_proposal', await actor.propose({ description }))
    await expect.poll(() => [down, pager].map(({ alerts }) => alerts.size)).toStrictEqual([2, 2])
    // An alert that is not recorded yet is closed a minute later.
    await allRecorded(`${directory.path}/state.db`)
    down.fail(...Array.from({ length: 50 }, () => 'html-502' as const))
    watching.monitor.reload(configOf('other'))

    const ofLocal = () => [...pager.alerts].flatMap(([key, state]) => (key.startsWith('local/') ? [state] : []))
    await expect.poll(ofLocal).toStrictEqual(['resolved', 'resolved'])
  })

  onSharedChain('is opened again if it is still open when the chain is watched again', async ({ chain }) => {
    using directory = temporaryDirectory()
    const { governor } = await chain.deploy()
    const [pager, room] = await Promise.all([startPagerDuty(), livingRooms.slack()])
    const handlers = [{ type: 'pagerduty', routingKey, apiUrl: pager.url, minPriority: 'high' }, room.settings]
    const away = chainOf('http://127.0.0.1:9', governor, { name: 'away' })
    const local = chainOf(chain.url, governor)
    const configOf = (...chains: readonly object[]) =>
      parsed({ state: `${directory.path}/state.db`, chains, notifier: { handlers } })
    const stateOfAlert = () => [...pager.alerts].flatMap(([key, alert]) => (key.startsWith('away') ? [alert] : []))
    await using watching = watch(configOf(local, away), { scheduler: impatient })
    await expect.poll(stateOfAlert).toStrictEqual(['triggered'])
    watching.monitor.reload(configOf(local))
    const store = openStore({ path: `${directory.path}/state.db`, readOnly: true })
    onTestFinished(() => store.close())
    const closed = () => store.unwatchedPosts(['pagerduty', 'slack'], ['away']).map(({ handler }) => handler)
    await expect.poll(closed).toStrictEqual(expect.arrayContaining(['pagerduty', 'slack']))
    await expect
      .poll(() => [stateOfAlert(), headings(room)[0]])
      .toStrictEqual([['resolved'], expect.stringMatching(/^\[closed\] /)])
    watching.monitor.reload(configOf(local, away))

    await expect.poll(stateOfAlert).toStrictEqual(['triggered'])
    await expect.poll(() => headings(room)).toStrictEqual(['away cannot be read'])
    await expect.poll(closed).toStrictEqual([])
  })

  onSharedChain('is closed at the next start, once', async ({ chain }) => {
    using directory = temporaryDirectory()
    const { governor, actor } = await chain.deploy()
    const pager = await startPagerDuty()
    const handlers = [{ type: 'pagerduty', name: 'pager', routingKey, apiUrl: pager.url }]
    const configOf = (name: string) =>
      parsed({
        state: `${directory.path}/state.db`,
        chains: [chainOf(chain.url, governor, { name })],
        notifier: { handlers, priorities },
      })
    const first = watch(configOf('local'))
    await first.told('new_proposal', await actor.propose({ description: 'Pay the auditors' }))
    await expect.poll(() => [...pager.alerts.values()]).toStrictEqual(['triggered'])
    await first.stop()
    const ofLocal = () => [...pager.alerts].filter(([key]) => key.startsWith('local/'))

    const second = watch(configOf('other'))
    await expect.poll(ofLocal).toStrictEqual([[expect.stringMatching(/^local\/0x/), 'resolved']])
    await second.settle()
    await second.stop()
    const sent = pager.events.filter(({ event_action }) => event_action === 'resolve').length
    const third = watch(configOf('other'))
    await third.settle()
    await third.stop()
    expect(pager.events.filter(({ event_action }) => event_action === 'resolve')).toHaveLength(sent)
  })
})

describe('what was posted about a plan that was taken out of the configuration', () => {
  onSharedChain('is closed at the reload', async ({ chain }) => {
    using directory = temporaryDirectory()
    const { governor } = await chain.deploy()
    const rooms = await Promise.all(Object.values(livingRooms).map((start) => start()))
    const pager = await startPagerDuty()
    const handlers = [
      ...rooms.map(({ settings }) => settings),
      { type: 'pagerduty', routingKey, apiUrl: pager.url, minPriority: 'high' },
    ]
    const height = await chain.heightIn(1_000)
    const configOf = (plans: readonly object[]) =>
      parsed({
        state: `${directory.path}/state.db`,
        chains: [chainOf(chain.url, governor, z.object({ plans: z.custom<[]>() }).parse({ plans }))],
        notifier: { handlers },
      })
    await using watching = watch(configOf([{ name: 'patch', height, info: {} }]))
    await watching.told('upgrade_scheduled')
    await expect.poll(() => [...pager.alerts.values()]).toStrictEqual(['triggered'])
    watching.monitor.reload(configOf([]))
    await watching.told('upgrade_cancelled')
    for (const room of rooms)
      await expect.poll(() => headings(room)[0]).toBe('[closed] Upgrade patch (your own plan) cancelled')
    await expect.poll(() => [...pager.alerts.values()]).toStrictEqual(['resolved'])
  })
})
