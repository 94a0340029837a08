import fc from 'fast-check'

// A failure is made smaller for this long at most: it must be reported before the test is ended.
const limitMs = 100_000

/**
 * How many stories are drawn, and from which seed. The seed is the same in each run, unless PROPERTY_SEED chooses
 * another one; PROPERTY_RUNS draws more.
 */
export function drawn(stories: number, seed: number): fc.Parameters<unknown> {
  const numRuns = Number(process.env['PROPERTY_RUNS'] ?? stories)
  return {
    numRuns,
    seed: fc.readConfigureGlobal().seed ?? seed,
    interruptAfterTimeLimit: limitMs * Math.max(1, numRuns / stories),
  }
}
