import { NEVER, VirtualTimeScheduler } from 'rxjs'
import { expect, it } from 'vitest'
import { parseConfig } from '../../../src/config/parseConfig.js'
import { DeliveryError } from '../../../src/domain/errors.js'
import { closeUnwatched } from '../../../src/monitor/control/closeUnwatched.js'
import { reopenWatched } from '../../../src/monitor/control/reopenWatched.js'
import type { OutboxLane } from '../../../src/sinks/outbox/OutboxOptions.js'
import { openStore } from '../../../src/store/openStore.js'
import { minimal } from '../../support/configs.js'
import { announcement, notification, turn } from '../../support/storeGiven.js'

type Answer = 'taken' | 'unheard' | 'refused'

/** A message about an open subject, and what its service is told by each change. */
function posted() {
  const store = openStore({ path: ':memory:' })
  store.commit(turn({ announcements: [announcement('1')] }), () => ['chat'])
  store.delivered({ notification: notification('1'), handler: 'chat', attempts: 0 }, 2_000, { to: 'C1' })
  const edits: ('closed' | 'open')[] = []
  let answer: Answer = 'taken'
  const handler: OutboxLane['handler'] = {
    type: 'slack',
    handle: () => NEVER,
    edit: ({ id }) => {
      edits.push(id === '1' ? 'open' : 'closed')
      if (answer === 'refused') throw new DeliveryError('permanent', 'Slack answered: message_not_found.')
      return answer === 'taken' ? [{ to: 'C1' }] : NEVER
    },
  }
  const lanes = new Map([['chat', { handler, timeoutMs: 60_000 }]])
  const config = parseConfig(minimal({ name: 'other' }))
  /** Closes or opens again what is due, as the chain is watched or not; a reload comes before an unheard answer. */
  function tidy(isWatched: boolean, next: Answer = 'taken'): void {
    answer = next
    const scheduler = new VirtualTimeScheduler(undefined, 30_000)
    const options = { now: () => 4_000, scheduler, refusals: { has: () => false, add: () => undefined } }
    const change$ = isWatched
      ? reopenWatched(store, { lanes, chains: new Set(['local']), route: () => ['chat'] }, options)
      : closeUnwatched(store, { config, lanes, chains: new Map() }, options)
    const changing = change$.subscribe()
    scheduler.flush()
    changing.unsubscribe()
  }
  return { tidy, edits }
}

it('a message is opened again though a reload came before the answer of the service that had closed it', () => {
  const { tidy, edits } = posted()
  tidy(false, 'unheard')
  tidy(true)
  tidy(true)
  expect(edits).toStrictEqual(['closed', 'open'])
})

it('a message is closed again though a reload came before the answer of the service that had opened it again', () => {
  const { tidy, edits } = posted()
  tidy(false)
  tidy(true, 'unheard')
  tidy(false)
  tidy(false)
  expect(edits).toStrictEqual(['closed', 'open', 'closed'])
})

it('a message that a service refused to close is not opened again', () => {
  const { tidy, edits } = posted()
  tidy(false, 'refused')
  tidy(true)
  expect(edits).toStrictEqual(['closed'])
})
