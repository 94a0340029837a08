import { map } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { newChain } from '../../src/domain/newChain.js'
import type { Reading } from '../../src/domain/reading.js'
import { eventOf } from '../../src/streams/draft.js'
import { followHead } from '../../src/streams/followHead.js'
import { block, failure, genesis, reading } from '../support/builders.js'
import { stepThrough } from '../support/line.js'
import { letters, marbles } from '../support/marbles.js'
import { watchChain } from '../../src/streams/watchChain.js'

/** The state of the chain itself after these readings. */
function after(...readings: readonly Reading[]) {
  const step = stepThrough(followHead())
  return readings.reduce((state, each) => step(state, eventOf(each)).state, newChain('local', 0))
}
const absurd = block(101, { timestamp: 4_102_444_800n })

describe('followHead', () => {
  it(
    'follows each reading, stays through a failure, and goes back with a reorg',
    marbles(({ hot, expectObservable }) => {
      const reading$ = hot(
        '-a-x-b-r-',
        letters<Reading>({
          a: reading(60),
          x: failure(61),
          b: reading(62),
          r: reading(63, [], { head: block(61), at: block(61), rewoundTo: 59n }),
        }),
      )
      const expected = '-a-a-b-r-'
      const heads$ = reading$.pipe(
        watchChain(newChain('local', 0), followHead()),
        map(({ state, rewoundTo }) => [state.head?.number, state.proposalsReadTo, rewoundTo]),
      )
      expectObservable(heads$).toBe(
        expected,
        letters({ a: [60n, 60n, undefined], b: [62n, 62n, undefined], r: [61n, 61n, 59n] }),
      )
    }),
  )

  it('keeps head, time, cursor and version of a reading', () => {
    expect(after(reading(60, [], { nodeVersion: 'v1' }))).toMatchObject({
      head: block(60),
      proposalsReadTo: 60n,
      clock: { time: genesis + 60n },
      nodeVersion: 'v1',
      lastGoodAt: 60_000,
      caughtUpAt: { head: 60n, time: 60_000 },
    })
  })

  it('keeps the version of the node if a reading lacks it', () => {
    expect(after(reading(60, [], { nodeVersion: 'v1' }), reading(61)).nodeVersion).toBe('v1')
  })

  it('keeps where the second history continues if a reading lacks it', () => {
    const secondHistory = { v: 1 }
    expect(after(reading(60, [], { secondHistory }), reading(61)).secondHistory).toStrictEqual(secondHistory)
  })

  it('does not set caughtUpAt for a portion of a backlog', () => {
    expect(after(reading(60, [], { backlog: 5n })).caughtUpAt).toBeUndefined()
  })

  it('measures the pace with the blocks read and the older one of the first reading', () => {
    const { blockTime } = after(reading(60, [], { previous: block(50) }), reading(70))
    expect(blockTime.samples.map(({ number }) => Number(number))).toStrictEqual([50, 60, 70])
  })

  it('keeps a head with an absurd time, but not its time and pace', () => {
    const { head, clock, blockTime } = after(reading(60), reading(101, [], { head: absurd, at: absurd }))
    expect(head).toStrictEqual(absurd)
    expect(clock?.time).toBe(genesis + 60n)
    expect(blockTime.samples.map(({ number }) => Number(number))).toStrictEqual([60])
  })

  it('takes nothing from a missed poll', () => {
    const known = after(reading(60))
    expect(stepThrough(followHead())(known, eventOf(failure(61))).state).toBe(known)
  })
})
