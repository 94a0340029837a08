import type { ChainState } from '../domain/chainState.js'
import { withClockSet, withUnwatchedTime } from '../domain/withClockSet.js'

export interface Clocks {
  /** Host clock, Unix milliseconds: it may be set, and jump. */
  readonly now: () => number
  /** Milliseconds of a clock that nobody sets, since the machine or the process was started. */
  readonly steady: () => number
}

// What is less is a clock that is drawn slowly to the right time, and no wait depends on it.
const leastStepMs = 5_000
// A process that is stopped between its looks at the two clocks has seen no step.
const mostBetweenMs = 50
// A machine so slow that both are never seen together has its next event soon.
const mostTries = 3

/**
 * Watches the clock of the host: asked with each event of a chain, it tells how its state is to be set right before
 * that, nearly always not at all. At the first event it is the time in which nobody watched and nothing ran.
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
