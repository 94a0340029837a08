import { lastValueFrom, VirtualTimeScheduler } from 'rxjs'
import { expect, it } from 'vitest'
import type { NotificationRoute } from '../../../src/domain/notifications/routing.js'
import { announceUnwatched } from '../../../src/domain/notifications/announceUnwatched.js'
import { shownAsEnded } from '../../../src/domain/notifications/stepEdits.js'
import { reopenWatched } from '../../../src/monitor/control/reopenWatched.js'
import type { OutboxLane } from '../../../src/sinks/outbox/OutboxOptions.js'
import { openStore } from '../../../src/store/openStore.js'
import { announcement, notification, turn } from '../../support/storeGiven.js'

/** Returns the ids that a pager opens again after the chain was not watched, by the routes as they are then. */
async function reopenedBy(route: NotificationRoute): Promise<readonly string[]> {
  const store = openStore({ path: ':memory:' })
  store.commit(turn({ announcements: [announcement('1')] }), () => ['pager'])
  store.delivered({ notification: notification('1'), handler: 'pager', attempts: 0 }, 2_000, { key: 'K1' })
  const subject = 'local/0xc0ffee/1'
  const { id } = announceUnwatched(subject, { title: 'New: 1', time: 3_000 })
  store.noteEdit('pager', subject, { shown: `${shownAsEnded}${id}` })
  const opened: string[] = []
  const handler: OutboxLane['handler'] = {
    type: 'pagerduty',
    handle: (told) => {
      opened.push(told.id)
      return ['']
    },
  }
  const setup = { chains: new Set(['local']), lanes: new Map([['pager', { handler, timeoutMs: 1_000 }]]), route }
  const scheduler = new VirtualTimeScheduler()
  const reopening = lastValueFrom(reopenWatched(store, setup, { now: () => 4_000, scheduler }), { defaultValue: 0 })
  scheduler.flush()
  await reopening
  return opened
}

it.each<readonly [string, NotificationRoute, readonly string[]]>([
  ['names it', () => ({ to: ['other', 'pager'] }), ['1']],
  ['names it, as a list', () => ['pager'], ['1']],
  ['names it in a group', () => ({ to: [{ handler: 'pager', releaseAt: 9_000 }] }), ['1']],
  ['no longer names it', () => ({ to: ['other'] }), []],
  ['holds it in quiet hours', () => ({ to: [{ handler: 'pager', releaseAt: 9_000, isQuiet: true }] }), []],
  ['is silenced', () => ({ silencedBy: 'S1', to: [] }), []],
])('opens an alert again as a notification would be sent: the route %s', async (_, route, opened) => {
  expect(await reopenedBy(route)).toStrictEqual(opened)
})
