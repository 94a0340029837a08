import { describe, expect, it } from 'vitest'
import type { Change } from '../../src/domain/change.js'
import type { PlanStanding } from '../../src/domain/plan.js'
import { keyOf } from '../../src/domain/proposal.js'
import type { GoodReading, Reading } from '../../src/domain/reading.js'
import { type DiffOptions, diffProposals, type Known, nothingKnown, stepDiff } from '../../src/streams/diffProposals.js'
import {
  block,
  failure,
  genesis,
  hashOf,
  proposal,
  reading,
  tally,
  upgradeProposal,
  vote,
} from '../support/builders.js'
import { letters, marbles } from '../support/marbles.js'

/** What each reading has to say, in short. */
function told(
  readings: readonly Reading[],
  options: DiffOptions = {},
  known: Known = nothingKnown,
): readonly (readonly string[])[] {
  let current = known
  return readings.map((one) => {
    const diff = stepDiff(current, one, options)
    current = diff.known
    return diff.changes.map(inShort)
  })
}

function inShort(change: Change): string {
  switch (change.type) {
    case 'voteCast':
      return `vote ${change.vote.block}.${change.vote.index}`
    case 'statusMoved':
      return `${change.proposal.id} ${change.from} -> ${change.proposal.status}`
    case 'proposalAppeared':
      return `${change.backfill ? 'there was' : 'new'} ${change.proposal.id} ${change.proposal.status}`
    default:
      return `${change.type} ${change.proposal.id}`
  }
}

const one = proposal('1')
const retract = { retracted: [keyOf(one)], rewoundTo: 1n }

describe('diffProposals', () => {
  const first = reading(10, [one])
  const second = reading(11, [{ ...one, status: 'passed' }, proposal('2')])
  const summary = { a: 'there was 1 voting', b: '1 voting -> passed', c: 'new 2 voting' }
  const inLetters = { f: first, s: second, x: failure(12) } satisfies Record<string, Reading>

  it(
    'emits every difference, all of a reading before the next',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const readings$ = hot(' -f-x-f-(s|)', letters<Reading>(inLetters))
      const expected = '      -a-----(bc|)'
      const changes$ = readings$.pipe(diffProposals())
      expectObservable(changes$).toBe(
        expected,
        letters<unknown>({
          a: changeOf(reading(10, [one]), 0),
          b: changeOf(second, 0, first),
          c: changeOf(second, 1, first),
        }),
      )
      expectSubscriptions(readings$.subscriptions).toBe('^------!')
      expect(Object.values(summary)).toStrictEqual(told([first, second]).flat())
    }),
  )

  it(
    'emits nothing for nothing',
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold<Reading>('----').pipe(diffProposals()), '^--!').toBe('----')
      expectObservable(cold<Reading>('--|').pipe(diffProposals())).toBe('--|')
      expectObservable(cold('-f-|', letters<Reading>({ f: reading(10) })).pipe(diffProposals())).toBe('---|')
    }),
  )

  it(
    'errors with its source',
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold('-x-#', letters<Reading>(inLetters)).pipe(diffProposals())).toBe('---#')
    }),
  )

  it(
    'lets go of its source with its subscription',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const readings$ = hot('-f--s--', letters<Reading>(inLetters))
      expectObservable(readings$.pipe(diffProposals()), '^--!').toBe(
        '-a--',
        letters<unknown>({ a: changeOf(first, 0) }),
      )
      expectSubscriptions(readings$.subscriptions).toBe('^--!')
    }),
  )

  it(
    'starts from nothing with each subscription',
    marbles(({ cold, expectObservable }) => {
      const changes$ = cold('-f|', letters<Reading>(inLetters)).pipe(diffProposals())
      const values = letters<unknown>({ a: changeOf(first, 0) })
      expectObservable(changes$).toBe('-a|', values)
      expectObservable(changes$, '---^').toBe('----a|', values)
    }),
  )

  it(
    'forgets what was over long ago, and does not take it for new when it is read again',
    marbles(({ cold, expectObservable }) => {
      const over = { ...one, status: 'executed' as const, closedAt: { block: 1n, timestamp: genesis } }
      const other = reading(12, [proposal('2')])
      const gone = reading(14, [], retract)
      const readings$ = cold(
        '(fghr|)',
        letters<Reading>({ f: reading(10, [over]), g: other, h: reading(13, [over]), r: gone }),
      )
      expectObservable(readings$.pipe(diffProposals({ bounds: { maxAge: 5_000 } }))).toBe(
        '(ag|)',
        letters<unknown>({
          a: changeOf(reading(10, [over]), 0),
          g: changeOf(other, 0, reading(10)),
        }),
      )
    }),
  )
})

function changeOf(of: Reading, index: number, ...before: readonly Reading[]): Change {
  const known = before.reduce((current, earlier) => stepDiff(current, earlier).known, nothingKnown)
  return stepDiff(known, of).changes[index]!
}

describe('stepDiff', () => {
  it('tells what was there once the first sync has caught up, in the order of the chain', () => {
    const two = proposal('2', { origin: { block: 1n, hash: hashOf(1n), index: 0 } })
    expect(
      told([
        reading(5, [one], { backlog: 10n }),
        reading(10, [two, { ...one, status: 'passed' }], { backlog: 5n }),
        reading(15),
      ]),
    ).toStrictEqual([[], [], ['there was 2 voting', 'there was 1 passed']])
  })

  it('is silent about a failure, a repeat and an older block', () => {
    const known = stepDiff(nothingKnown, reading(10, [one])).known
    const newer = { ...one, status: 'passed' as const }
    expect(stepDiff(known, failure(11)).known).toBe(known)
    expect(stepDiff(known, reading(9, [newer])).known).toBe(known)
    expect(told([reading(10, [one]), reading(11, [newer])], {}, known)).toStrictEqual([[], ['1 voting -> passed']])
  })

  it('tells a step back of the whole chain', () => {
    expect(told([reading(10, [{ ...one, status: 'passed' }]), reading(8, [one], { rewoundTo: 7n })])).toStrictEqual([
      ['there was 1 passed'],
      ['1 passed -> voting'],
    ])
  })

  it('tells retractions first, then proposals in the order of the chain, then votes', () => {
    const late = proposal('3', { origin: { block: 9n, hash: hashOf(9n), index: 0 } })
    const early = proposal('4', { origin: { block: 8n, hash: hashOf(8n), index: 0 } })
    expect(
      told([reading(10, [one]), reading(11, [late, early], { ...retract, votes: [vote('4', 11)] })])[1],
    ).toStrictEqual(['proposalRetracted 1', 'new 4 voting', 'new 3 voting', 'vote 11.0'])
  })

  it('retracts only what it knows, and takes what comes back in the same reading for new', () => {
    expect(told([reading(10), reading(11, [], retract)])[1]).toStrictEqual([])
    expect(told([reading(10, [one]), reading(11, [one], retract)])[1]).toStrictEqual([
      'proposalRetracted 1',
      'new 1 voting',
    ])
  })

  it('tells each vote once, and again only where a reorg brought it in anew', () => {
    const votes = [vote('1', 8), vote('1', 8, { index: 1 }), vote('1', 9)]
    const readings = [
      reading(7),
      reading(9, [], { votes }),
      reading(9, [], { votes }),
      reading(10, [], { votes: [vote('1', 9), vote('1', 10)] }),
    ]
    expect(told(readings)).toStrictEqual([[], ['vote 8.0', 'vote 8.1', 'vote 9.0'], [], ['vote 10.0']])
    expect(
      told([...readings, reading(11, [], { rewoundTo: 8n, votes: [vote('1', 8), vote('1', 9)] })])[4],
    ).toStrictEqual(['vote 9.0'])
  })

  it('tells no votes of a first sync', () => {
    expect(
      told([
        reading(5, [], { votes: [vote('1', 4)], backlog: 5n }),
        reading(10, [], { votes: [vote('1', 8)] }),
        reading(11, [], { votes: [vote('1', 8)] }),
      ]),
    ).toStrictEqual([[], [], []])
  })

  it('stamps each change with the block and its time', () => {
    expect(changeOf(reading(11, [proposal('2')]), 0, reading(10))).toMatchObject({
      chain: 'local',
      at: 11n,
      time: genesis + 11n,
    })
  })

  it('dates the close of what it saw open at the block of the reading', () => {
    const passed = { ...one, status: 'passed' as const }
    const { known } = stepDiff(
      stepDiff(nothingKnown, reading(60, [passed])).known,
      reading(90, [{ ...one, status: 'executed' }]),
    )
    expect(known.proposals.get(keyOf(one))?.closedAt).toStrictEqual({ block: 90n, timestamp: genesis + 90n })
  })

  describe('a vote that nobody closes', () => {
    const options = { proposalTimeout: 10_000 }
    const opening = reading(10, [one], { previous: block(5) })

    it('counts as expired once its timeout is over, read or not, and only once', () => {
      expect(told([opening, reading(60, [one]), reading(61), reading(62, [one]), reading(63)], options)).toStrictEqual([
        ['there was 1 voting'],
        [],
        ['1 voting -> expired'],
        [],
        [],
      ])
    })

    it('may yet be closed, late', () => {
      expect(told([opening, reading(61), reading(62, [{ ...one, status: 'executed' }])], options)[2]).toStrictEqual([
        '1 expired -> executed',
      ])
    })

    it('does not count as expired while its end may lie in a backlog', () => {
      const portion: GoodReading = reading(90, [], { backlog: 10n })
      expect(told([opening, portion, reading(100, [{ ...one, status: 'executed' }])], options)).toStrictEqual([
        ['there was 1 voting'],
        [],
        ['1 voting -> executed'],
      ])
    })
  })

  it('tells of a moved tally what it was', () => {
    expect(
      changeOf(reading(11, [{ ...one, tally: tally(2n) }]), 0, reading(10, [{ ...one, tally: tally(1n) }])),
    ).toMatchObject({ type: 'tallyMoved', from: { yes: 1n } })
  })
})

describe('what the chain says of a plan', () => {
  const passed = upgradeProposal('1', 'v2', 100, { status: 'passed', carriedOut: true })
  const verdict = (standing: PlanStanding, name = 'v2') => ({
    standings: [{ key: keyOf(passed), name, height: 100, ...standing }],
  })
  const findingAfter = (...readings: readonly Reading[]) => {
    let known = nothingKnown
    for (const each of readings) known = stepDiff(known, each).known
    return known.proposals.get(keyOf(passed))?.finding
  }

  it('holds where the proposal is not read again, and a reading that says nothing leaves it', () => {
    expect(
      findingAfter(reading(10, [passed]), reading(11, [], verdict({ withdrawn: 'Off.' })), reading(12)),
    ).toMatchObject({ plan: { name: 'v2' }, withdrawn: 'Off.' })
  })

  it('is taken back, and takes the place of what it said before', () => {
    expect(
      findingAfter(
        reading(10, [passed]),
        reading(11, [], verdict({ unsure: 'Who knows.' })),
        reading(12, [], verdict({ applied: 100n })),
      ),
    ).toStrictEqual({ ...passed.finding, applied: 100n })
    expect(
      findingAfter(
        reading(10, [passed]),
        reading(11, [], verdict({ withdrawn: 'Off.' })),
        reading(12, [], verdict({})),
      ),
    ).toStrictEqual(passed.finding)
  })

  it('is told once, as an edit of the plan', () => {
    expect(
      told([
        reading(10, [passed]),
        reading(11, [], verdict({ withdrawn: 'Off.' })),
        reading(12, [], verdict({ withdrawn: 'Off.' })),
      ]),
    ).toStrictEqual([['there was 1 passed'], ['planEdited 1'], []])
  })

  it('says nothing of another plan, or of a proposal nobody knows', () => {
    expect(findingAfter(reading(10, [passed]), reading(11, [], verdict({ withdrawn: 'Off.' }, 'v3')))).toStrictEqual(
      passed.finding,
    )
    expect(findingAfter(reading(10), reading(11, [], verdict({ withdrawn: 'Off.' })))).toBeUndefined()
  })
})
