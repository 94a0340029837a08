import { describe, expect, it } from 'vitest'
import type { Change } from '../../src/domain/change.js'
import { type Proposal, type ProposalKey } from '../../src/domain/proposal.js'
import { stepTrack, trackProposals } from '../../src/streams/trackProposals.js'
import { byKey, change, genesis, proposal, vote } from '../support/builders.js'
import { letters, marbles } from '../support/marbles.js'

const one = proposal('1')
const two = proposal('2')
const passed = proposal('1', { status: 'passed' })
const appeared = (of: Proposal, at = 10): Change =>
  change({ type: 'proposalAppeared', proposal: of, backfill: false }, at)
const inLetters = letters<Change>({
  a: appeared(one),
  b: appeared(two),
  m: change({ type: 'statusMoved', proposal: passed, from: 'voting' }),
  r: change({ type: 'proposalRetracted', proposal: passed }),
  v: change({ type: 'voteCast', vote: vote('1', 5) }),
})
const states = letters({
  A: { proposals: byKey(one) },
  B: { proposals: byKey(one, two) },
  M: { proposals: byKey(passed, two) },
  R: { proposals: byKey(two) },
})

describe('trackProposals', () => {
  it(
    'emits the state after each change',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const changes$ = hot('-a-b-v-m-r-|', inLetters)
      const expected = '    -A-B-B-M-R-|'
      expectObservable(changes$.pipe(trackProposals())).toBe(expected, states)
      expectSubscriptions(changes$.subscriptions).toBe('^----------!')
    }),
  )

  it(
    'emits nothing for nothing, and errors with its source',
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold<Change>('----').pipe(trackProposals()), '^--!').toBe('----')
      expectObservable(cold<Change>('|').pipe(trackProposals())).toBe('|')
      expectObservable(cold('-a-#', inLetters).pipe(trackProposals())).toBe('-A-#', states)
    }),
  )

  it(
    'lets go of its source with its subscription, and starts anew with each',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const changes$ = cold('-a-b-|', inLetters)
      const tracked$ = changes$.pipe(trackProposals())
      expectObservable(tracked$, '^-!').toBe('-A', states)
      expectObservable(tracked$, '--^---!').toBe('---A-B', states)
      expectSubscriptions(changes$.subscriptions).toBe(['^-!', '--^---!'])
    }),
  )

  it(
    'forgets what is over by the time of the chain, and by count',
    marbles(({ cold, expectObservable }) => {
      const over = proposal('1', { status: 'executed', closedAt: { block: 10n, timestamp: genesis + 10n } })
      const changes$ = cold(
        'abc|',
        letters<Change>({ a: appeared(over, 10), b: appeared(two, 15), c: appeared(proposal('3'), 16) }),
      )
      expectObservable(changes$.pipe(trackProposals({ maxAge: 5_000 }))).toBe(
        'abc|',
        letters<unknown>({
          a: { proposals: byKey(over) },
          b: { proposals: byKey(over, two) },
          c: { proposals: byKey(two, proposal('3')) },
        }),
      )
      expectObservable(changes$.pipe(trackProposals({ maxCount: 1 }))).toBe(
        'abc|',
        letters<unknown>({
          a: { proposals: byKey(over) },
          b: { proposals: byKey(two) },
          c: { proposals: byKey(proposal('3')) },
        }),
      )
    }),
  )
})

describe('stepTrack', () => {
  const known: ReadonlyMap<ProposalKey, Proposal> = byKey(one)

  it('gives the same map where nothing about a proposal changed', () => {
    expect(stepTrack(known, [])).toBe(known)
    expect(stepTrack(known, [change({ type: 'voteCast', vote: vote('1', 5) })])).toBe(known)
  })

  it('leaves the map it was given alone', () => {
    expect(stepTrack(known, [change({ type: 'proposalRetracted', proposal: one })]).size).toBe(0)
    expect(known.size).toBe(1)
  })
})
