import { asyncScheduler, map, NEVER, of, timer } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { DeliveryError } from '../../../src/domain/errors.js'
import { announceProposal } from '../../../src/domain/notifications/announceProposal.js'
import { deliverOutbox } from '../../../src/sinks/outbox/deliverOutbox.js'
import type { OutboxLane, VoteSource } from '../../../src/sinks/outbox/OutboxOptions.js'
import type { EmbeddedStore } from '../../../src/store/Store.js'
import { marbles } from '../../support/marbles.js'
import { at, holding, proposal, state, turn } from '../../support/storeGiven.js'
import { memoryStore, queue } from './outboxGiven.js'
import { down, lane } from './deliverOutboxGiven.js'

const halfAnHour = 1_800_000
const noon = 43_200_000

/** Delivers while the clock of the host is set back by half an hour after ten seconds. */
function whileSetBack(store: EmbeddedStore, chat: OutboxLane, votes?: VoteSource) {
  const ticks = (): number => asyncScheduler.now()
  const now = (): number => noon + ticks() - (ticks() < 10_000 ? 0 : halfAnHour)
  return deliverOutbox({
    ...{ store, handlers: new Map([['chat', chat]]), wake$: NEVER, now, random: () => 1 },
    steady: { boot: 'one', now: ticks },
    ...(votes !== undefined && { votes }),
  }).pipe(map(({ result, attempt }) => `${result} ${attempt}`))
}

describe('the clock of the host set back during waits for retries', () => {
  it(
    'delays no retry',
    marbles(({ cold, expectObservable }) => {
      const store = memoryStore()
      queue(store, [['a', 'chat']], noon)
      const answers = [cold('#', {}, down), cold('#', {}, down), cold('#', {}, down), cold('#', {}, down), cold('|')]

      expectObservable(
        whileSetBack(
          store,
          lane(() => answers.shift() ?? NEVER),
        ),
        '20s !',
      ).toBe('a 999ms b 1999ms c 3999ms d 7999ms e', {
        a: 'postponed 1',
        b: 'postponed 2',
        c: 'postponed 3',
        d: 'postponed 4',
        e: 'delivered 5',
      })
    }),
  )

  it(
    'extends no requested pause',
    marbles(({ cold, expectObservable }) => {
      const store = memoryStore()
      queue(store, [['a', 'chat']], noon)
      const answers = [cold('#', {}, new DeliveryError('transient', 'It is busy.', 60_000)), cold('|')]

      expectObservable(
        whileSetBack(
          store,
          lane(() => answers.shift() ?? NEVER),
        ),
        '70s !',
      ).toBe('a 59999ms b', {
        a: 'postponed 1',
        b: 'delivered 2',
      })
    }),
  )

  it(
    'delays no edit',
    marbles(({ expectObservable, flush }) => {
      const store = memoryStore()
      const voted = (yes: bigint) => proposal('1', { tally: { yes, no: 0n, abstain: 0n, unit: 'votes' } })
      const announcements = announceProposal(['voting_started'], voted(0n), { at: 10n, time: 20n })
      store.commit(turn({ announcements, time: noon }), () => ['chat'])
      const edits: number[] = []
      const edit = (): Promise<object> => {
        edits.push(asyncScheduler.now())
        return Promise.resolve({ ts: '1' })
      }
      const chat = { handler: { type: 'chat', handle: () => of({ ts: '1' }), edit }, timeoutMs: 1_000 }
      const states = () => [state({ proposals: holding(voted(7n)), head: at(11n) })]
      const moved$ = timer(1_000).pipe(map(() => [`local/0xc0ffee/1`]))

      expectObservable(whileSetBack(store, chat, { moved$, states, route: () => [] }), '90s !').toBe('a', {
        a: 'delivered 1',
      })
      flush()
      expect(edits).toStrictEqual([60_000])
    }),
  )
})
