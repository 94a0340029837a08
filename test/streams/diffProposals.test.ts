import { map, pipe } from 'rxjs'
import { describe, expect, it } from 'vitest'
import type { Change } from '../../src/domain/proposals/change.js'
import { newChain } from '../../src/domain/newChain.js'
import { keyOf } from '../../src/domain/proposals/proposal.js'
import type { GoodReading, Reading } from '../../src/domain/reading.js'
import { diffProposals } from '../../src/streams/diffProposals.js'
import { followHead } from '../../src/streams/followHead.js'
import { ignoreOlder } from '../../src/streams/ignoreOlder.js'
import { block, failure, genesis, hashOf, proposal, reading, tally, vote } from '../support/builders.js'
import { watchChain } from '../../src/streams/watchChain.js'
import { letters, marbles } from '../support/marbles.js'
import { inShort, run, told } from './diffProposalsGiven.js'

const changeOf = (of: Reading, index: number, ...before: readonly Reading[]): Change =>
  run([...before, of]).at(-1)!.changes[index]!

const one = proposal('1')

const retract = { retracted: [keyOf(one)], rewoundTo: 1n }

describe('diffProposals', () => {
  it(
    'reports the changes of a reading, nothing for a failure, and retractions for a reorg',
    marbles(({ hot, expectObservable }) => {
      const reading$ = hot(
        '-a-b-x-c-r-',
        letters<Reading>({
          a: reading(10),
          b: reading(11, [one]),
          x: failure(12),
          c: reading(13, [{ ...one, status: 'passed' }]),
          r: reading(14, [], { ...retract, rewoundTo: 9n }),
        }),
      )
      const expected = '-n-b-n-c-r-'
      const told$ = reading$.pipe(
        watchChain(newChain('local', 0), pipe(ignoreOlder(), followHead(), diffProposals())),
        map(({ changes }) => changes.map(inShort).join()),
      )
      expectObservable(told$).toBe(
        expected,
        letters({ n: '', b: 'new 1 voting', c: '1 voting -> passed', r: 'proposalRetracted 1' }),
      )
    }),
  )

  it('reports what was there once the first sync has caught up, in chain order', () => {
    const two = proposal('2', { origin: { block: 1n, hash: hashOf(1n), index: 0 } })
    expect(
      told([
        reading(5, [one], { backlog: 10n }),
        reading(10, [two, { ...one, status: 'passed' }], { backlog: 5n }),
        reading(15),
      ]),
    ).toStrictEqual([[], [], ['there was 2 voting', 'there was 1 passed']])
  })

  it('reports nothing for a failure, a repeated reading or an older block', () => {
    const newer = { ...one, status: 'passed' as const }
    const [first, failed, older] = run([reading(10, [one]), failure(11), reading(9, [newer])])
    expect([failed, older].map((turn) => turn?.state.proposals)).toStrictEqual(
      Array.from({ length: 2 }, () => first?.state.proposals),
    )
    expect(
      told([reading(10, [one]), failure(11), reading(9, [newer]), reading(10, [one]), reading(11, [newer])]),
    ).toStrictEqual([['there was 1 voting'], [], [], [], ['1 voting -> passed']])
  })

  it('reports a step back of the whole chain', () => {
    expect(told([reading(10, [{ ...one, status: 'passed' }]), reading(8, [one], { rewoundTo: 7n })])).toStrictEqual([
      ['there was 1 passed'],
      ['1 passed -> voting'],
    ])
  })

  it('reports retractions first, then proposals in chain order, then votes', () => {
    const late = proposal('3', { origin: { block: 9n, hash: hashOf(9n), index: 0 } })
    const early = proposal('4', { origin: { block: 8n, hash: hashOf(8n), index: 0 } })
    expect(
      told([reading(10, [one]), reading(11, [late, early], { ...retract, votes: [vote('4', 11)] })])[1],
    ).toStrictEqual(['proposalRetracted 1', 'new 4 voting', 'new 3 voting', 'vote 11.0'])
  })

  it('retracts only known proposals, and reports one that comes back in the same reading as new', () => {
    expect(told([reading(10), reading(11, [], retract)])[1]).toStrictEqual([])
    expect(told([reading(10, [one]), reading(11, [one], retract)])[1]).toStrictEqual([
      'proposalRetracted 1',
      'new 1 voting',
    ])
  })

  it('reports each vote once, and again only if a reorg included it again', () => {
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

  it('reports a vote of the block that a reorg went back to if its log came only later', () => {
    const first = vote('1', 8)
    expect(
      told([
        reading(7),
        reading(9, [], { votes: [first] }),
        reading(10, [], { rewoundTo: 8n, votes: [first, vote('1', 8, { index: 1 })] }),
      ]),
    ).toStrictEqual([[], ['vote 8.0'], ['vote 8.1']])
  })

  it('keeps the origin of a proposal if a later reading lacks it', () => {
    const origin = { block: 5n, index: 2, hash: hashOf(5n) }
    const { origin: _origin, ...later } = one
    const last = run([reading(10, [{ ...one, origin }]), reading(11, [{ ...later, status: 'passed' }])]).at(-1)
    expect(last?.state.proposals.get(keyOf(one))).toMatchObject({ status: 'passed', origin })
  })

  it('reports no votes of a first sync', () => {
    expect(
      told([
        reading(5, [], { votes: [vote('1', 4)], backlog: 5n }),
        reading(10, [], { votes: [vote('1', 8)] }),
        reading(11, [], { votes: [vote('1', 8)] }),
      ]),
    ).toStrictEqual([[], [], []])
  })

  it('gives each change its block and time', () => {
    expect(changeOf(reading(11, [proposal('2')]), 0, reading(10))).toMatchObject({
      chain: 'local',
      at: 11n,
      time: genesis + 11n,
    })
  })

  it('dates the close of a proposal seen open at the block of the reading', () => {
    const passed = { ...one, status: 'passed' as const }
    const turns = run([reading(60, [passed]), reading(90, [{ ...one, status: 'executed' }])])
    expect(turns.at(-1)?.state.proposals.get(keyOf(one))?.closedAt).toStrictEqual({
      block: 90n,
      timestamp: genesis + 90n,
    })
  })

  it.each<[string, bigint, readonly string[]]>([
    ['reports it if it was submitted after the last reading', 11n, ['new 1 executed']],
    ['does not report it if it was submitted in the last block that was read', 10n, []],
  ])('finds a proposal that was executed too long ago to be kept, and %s', (_what, from, reported) => {
    const origin = { block: from, hash: hashOf(from), index: 0 }
    const ended = { ...one, origin, status: 'executed' as const, closedAt: { block: 20n, timestamp: genesis + 20n } }
    expect(told([reading(10), reading(200, [ended])], { retention: { maxAge: 50_000 } })[1]).toStrictEqual(reported)
  })

  describe('a vote that nobody closes', () => {
    const options = { proposalTimeout: 10_000 }
    const opening = reading(10, [one], { previous: block(5) })

    it('expires once after its timeout, whether it is read or not', () => {
      expect(told([opening, reading(60, [one]), reading(61), reading(62, [one]), reading(63)], options)).toStrictEqual([
        ['there was 1 voting'],
        [],
        ['1 voting -> expired'],
        [],
        [],
      ])
    })

    it('may still be closed afterwards', () => {
      expect(told([opening, reading(61), reading(62, [{ ...one, status: 'executed' }])], options)[2]).toStrictEqual([
        '1 expired -> executed',
      ])
    })

    it('does not expire while its contract reports it as open, nor in the same block again', () => {
      const open = { ...one, closesItself: true as const }
      const readings = [reading(10, [open], { previous: block(5) }), reading(61, [open]), reading(61), reading(62)]
      expect(told(readings, options).slice(1)).toStrictEqual([[], [], ['1 voting -> expired']])
    })

    it('does not expire while its end may be in a backlog', () => {
      const portion: GoodReading = reading(90, [], { backlog: 10n })
      expect(told([opening, portion, reading(100, [{ ...one, status: 'executed' }])], options)).toStrictEqual([
        ['there was 1 voting'],
        [],
        ['1 voting -> executed'],
      ])
    })
  })

  it('includes the former tally with a moved one', () => {
    expect(
      changeOf(reading(11, [{ ...one, tally: tally(2n) }]), 0, reading(10, [{ ...one, tally: tally(1n) }])),
    ).toMatchObject({ type: 'tallyMoved', from: { yes: 1n } })
  })
})
