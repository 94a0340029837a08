import type { ChainState } from '../domain/chainState.js'
import { withClockSet, withUnwatchedTime } from '../domain/withClockSet.js'

export interface Clocks {
  /** Host clock in Unix milliseconds. It can be set, so it may jump. */
  readonly now: () => number
  /** Steady clock in milliseconds since the machine or the process started. It is never set. */
  readonly steady: () => number
}

// Minimum difference that counts as a step, in milliseconds. Smaller ones come from gradual clock correction and delay
// nothing that matters.
const leastStepMs = 5_000
// Maximum time between reading the two clocks, in milliseconds. If the process is paused for longer, the difference is
// not used.
const mostBetweenMs = 50
// Maximum number of attempts to read both clocks together. If all fail, the next event tries again.
const mostTries = 3

/**
 * Watches the host clock for steps. Call the result for each event of a chain: it returns how to correct the state
 * before that event, or undefined if there is nothing to correct. The first call corrects for the time in which the
 * program did not run.
 */
export function watchClock({ now, steady }: Clocks): () => ((state: ChainState) => ChainState) | undefined {
  let hasBegun = false
  let last: number | undefined
  function difference(): number | undefined {
    for (let tries = 0; tries < mostTries; tries += 1) {
      const before = steady()
      const between = now() - before
      if (steady() - before <= mostBetweenMs) return between
    }
    return undefined
  }
  return () => {
    const before = last
    last = difference() ?? before
    const step = Math.round((last ?? 0) - (before ?? last ?? 0))
    const isFirst = !hasBegun
    hasBegun = true
    if (isFirst) return (state) => withUnwatchedTime(state, now(), steady())
    return Math.abs(step) < leastStepMs ? undefined : (state) => withClockSet(state, step)
  }
}
