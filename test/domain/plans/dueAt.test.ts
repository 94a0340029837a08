import { describe, expect, it } from 'vitest'
import { emptyBlockTime } from '../../../src/domain/blocks/blockTime.js'
import {
  compareDue,
  distanceOf,
  type DueAt,
  dueJson,
  dueText,
  etaAt,
  isLongPast,
  isPassed,
  isReached,
  isSameDue,
} from '../../../src/domain/plans/dueAt.js'
import { block, steadyPace } from '../../support/builders.js'

const at = (timestamp: bigint): { readonly number: bigint; readonly timestamp: bigint } => ({ number: 9n, timestamp })

describe('a plan with a height', () => {
  it.each([
    [99n, false, false],
    [100n, true, false],
    [101n, true, true],
  ])('is at block %s reached: %s, passed: %s', (number, reached, passed) => {
    const head = { number, timestamp: 0n }
    expect([isReached({ height: 100 }, head), isPassed({ height: 100 }, head)]).toStrictEqual([reached, passed])
  })

  it('is reached earlier by its lead', () => {
    expect(isReached({ height: 100 }, { number: 97n, timestamp: 0n }, 3)).toBe(true)
    expect(isReached({ height: 100 }, { number: 96n, timestamp: 0n }, 3)).toBe(false)
  })
})

describe('a plan with an invalid height', () => {
  it.each([5.5, NaN, Infinity, -Infinity, 2 ** 60, -1])('such as %s is handled without an exception', (height) => {
    const head = block(9n)
    const answers = [
      isReached({ height }, head, 3),
      isPassed({ height }, head),
      isLongPast({ height }, { head, blockTime: steadyPace(1_000) }, 1_000),
    ]

    expect(answers.every((answer) => typeof answer === 'boolean')).toBe(true)
    expect(etaAt({ height }, head, emptyBlockTime)).toBeUndefined()
    expect(distanceOf({ height }, head, emptyBlockTime)).toBeUndefined()
  })

  it('is passed, and not reached, if the height is NaN', () => {
    expect([isReached({ height: NaN }, block(9n)), isPassed({ height: NaN }, block(9n))]).toStrictEqual([false, true])
  })
})

describe('a plan with a time', () => {
  it.each([
    [4_999n, false, false],
    [5_000n, true, false],
    [5_001n, true, true],
  ])('is at a block of second %s reached: %s, passed: %s', (timestamp, reached, passed) => {
    expect([isReached({ time: 5_000n }, at(timestamp)), isPassed({ time: 5_000n }, at(timestamp))]).toStrictEqual([
      reached,
      passed,
    ])
  })

  it('is as far off as its time, at any pace, until it is reached', () => {
    const head = { ...block(9), timestamp: 4_000n }
    expect(distanceOf({ time: 5_000n }, head, emptyBlockTime)).toStrictEqual({ eta: 5_000n })
    expect(distanceOf({ time: 4_000n }, head, emptyBlockTime)).toBeUndefined()
  })

  it('is written as a time, in sentences and in JSON', () => {
    expect([dueText({ time: 1_764_798_551n }), dueText({ height: 7 })]).toStrictEqual([
      '2025-12-03T21:49:11.000Z',
      'height 7',
    ])
    expect(dueJson({ time: 1_764_798_551n })).toStrictEqual({ height: null, time: '2025-12-03T21:49:11.000Z' })
    expect(dueJson({ height: 7 })).toStrictEqual({ height: 7, time: null })
  })
})

describe('two plans', () => {
  it('are sorted by when they are due, heights before times', () => {
    const all: readonly DueAt[] = [{ time: 9n }, { height: 8 }, { time: 3n }, { height: 5 }]
    expect([...all].sort(compareDue)).toStrictEqual([{ height: 5 }, { height: 8 }, { time: 3n }, { time: 9n }])
  })

  it('are due together only if both have the same height or the same time', () => {
    expect([isSameDue({ height: NaN }, { height: NaN }), isSameDue({ time: 3n }, { time: 3n })]).toStrictEqual([
      true,
      true,
    ])
    expect([isSameDue({ height: 3 }, { time: 3n }), isSameDue({ time: 3n }, { time: 4n })]).toStrictEqual([
      false,
      false,
    ])
  })
})

describe('isLongPast', () => {
  it('is true for a height beyond the limit, or one passed at an unknown time', () => {
    const clock = { head: block(110), blockTime: steadyPace(110) }
    expect([
      isLongPast({ height: 100 }, clock, 10_000),
      isLongPast({ height: 100 }, clock, 9_999),
      isLongPast({ height: 111 }, clock, 0),
    ]).toStrictEqual([false, true, false])
    expect([
      isLongPast({ height: 109 }, { head: block(110) }, 10_000),
      isLongPast({ height: 110 }, { head: block(110) }, 0),
    ]).toStrictEqual([true, false])
  })

  it('compares the time of a plan that has one', () => {
    const head = { ...block(9), timestamp: 5_010n }
    expect([
      isLongPast({ time: 5_000n }, { head }, 10_000),
      isLongPast({ time: 5_000n }, { head }, 9_999),
      isLongPast({ time: 6_000n }, { head }, 0),
    ]).toStrictEqual([false, true, false])
  })
})
