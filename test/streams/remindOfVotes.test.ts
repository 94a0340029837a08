import { map } from 'rxjs'
import { describe, it } from 'vitest'
import { newChain } from '../../src/domain/newChain.js'
import { beginDraft, type ChainEvent, type Draft, eventOf } from '../../src/streams/draft.js'
import { remindOfVotes } from '../../src/streams/remindOfVotes.js'
import { block, byKey, failure, genesis, proposal, reading } from '../support/builders.js'
import { letters, marbles } from '../support/marbles.js'

const vote = proposal('1', {
  clock: 'timestamp',
  votingEnd: genesis + 100n,
  attendance: { voted: [], missing: ['0xb0b'] },
})
const known = { ...newChain('local', 0), synced: true, head: block(60), proposals: byKey(vote) }
const draft = (event: ChainEvent): Draft => beginDraft(known, event)
const said = ({ reminders = [] }: Draft): string =>
  reminders.map(({ event, secondsLeft }) => `${event} ${String(secondsLeft)}`).join(', ')

describe('remindOfVotes', () => {
  it(
    'adds what is due to a caught-up reading, and to nothing else',
    marbles(({ hot, expectObservable }) => {
      const draft$ = hot(
        '-r-b-m-w-u-',
        letters<Draft>({
          r: draft(eventOf(reading(60, [vote]))),
          b: draft(eventOf(reading(60, [vote], { backlog: 1n }))),
          m: draft(eventOf(failure(60))),
          w: draft({ type: 'wrote', outcome: { result: 'written', key: 'local/x/1' }, hostTime: 0 }),
          u: draft(eventOf(reading(60))),
        }),
      )
      const stage = remindOfVotes({ reminders: [60_000], voters: ['0xB0B'] })
      expectObservable(draft$.pipe(stage, map(said))).toBe('-r-n-n-n-u-', {
        r: 'voting_ending_soon 40, not_voted 40',
        n: '',
        // The proposal was not read, so nobody knows whether we have voted since.
        u: 'voting_ending_soon 40',
      })
    }),
  )

  it(
    'announces nothing without configured reminders',
    marbles(({ hot, expectObservable }) => {
      const draft$ = hot('-r-', letters<Draft>({ r: draft(eventOf(reading(60, [vote]))) }))
      expectObservable(draft$.pipe(remindOfVotes(), map(said))).toBe('-n-', { n: '' })
    }),
  )
})
