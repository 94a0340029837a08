import { concat, NEVER, of, throwError, timer, map, VirtualTimeScheduler } from 'rxjs'
import { expect, it } from 'vitest'
import type { OutboxLane } from '../../../src/sinks/outbox/OutboxOptions.js'
import { parseConfig } from '../../../src/config/parseConfig.js'
import { DeliveryError } from '../../../src/domain/errors.js'
import { tidyPosts } from '../../../src/monitor/control/tidyPosts.js'
import { openStore } from '../../../src/store/openStore.js'
import { minimal } from '../../support/configs.js'
import { announcement, notification, turn } from '../../support/storeGiven.js'

const hour = 3_600_000

/** Closes the messages of a removed chain for 12 hours, with a reload after 6; the service refuses with `cause`. */
function closedFor12Hours(cause: DeliveryError) {
  const store = openStore({ path: ':memory:' })
  const ids = ['1', '2']
  store.commit(turn({ announcements: ids.map((id) => announcement(id)) }), () => ['chat'])
  for (const id of ids)
    store.delivered({ notification: notification(id), handler: 'chat', attempts: 0 }, 2_000, { to: 'C1' })
  const scheduler = new VirtualTimeScheduler(undefined, 12 * hour)
  const asked: string[] = []
  const handler: OutboxLane['handler'] = {
    type: 'slack',
    handle: () => NEVER,
    edit: (_: unknown, { subject }: { readonly subject: string }) => {
      asked.push(subject)
      return throwError(() => cause)
    },
  }
  const setup = {
    config: parseConfig(minimal({ name: 'other' })),
    chains: new Map(),
    lanes: new Map([['chat', { handler, timeoutMs: 1_000 }]]),
    route: () => ({ to: [] }),
  }
  const warned: string[] = []
  const log = {
    info: () => undefined,
    warn: (_: object, line: string) => void warned.push(line),
    error: () => undefined,
  }
  const setup$ = concat(of(setup), timer(6 * hour, scheduler).pipe(map(() => setup)), NEVER)
  const tidying = tidyPosts({
    store$: concat(of(store), NEVER),
    setup$,
    log,
    now: () => scheduler.now(),
    scheduler,
  }).subscribe()
  scheduler.flush()
  tidying.unsubscribe()
  return { asked, refusals: warned.filter((line) => line.startsWith('chat refuses')) }
}

it('asks a service once at the start and at a reload to close what it refuses to close, and says so', () => {
  const cause = new DeliveryError('permanent', 'Slack at slack.com answered 404: message_not_found.', undefined, 404)
  const { asked, refusals } = closedFor12Hours(cause)
  const both = ['local/0xc0ffee/1', 'local/0xc0ffee/2']
  expect(asked).toStrictEqual([...both, ...both])
  const said =
    'chat refuses to close what was posted about a chain that is not watched any more: Slack at slack.com answered 404: message_not_found. It is asked again only at the next start or reload. Close there by hand what is still open'
  expect(refusals).toStrictEqual([said, said])
})

it('asks a service that fails for now again, at the latest after an hour', () => {
  const { asked, refusals } = closedFor12Hours(new DeliveryError('transient', 'Slack is down.'))
  expect(asked.length).toBeGreaterThan(12)
  expect(refusals).toStrictEqual([])
})
