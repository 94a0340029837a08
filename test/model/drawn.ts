import fc from 'fast-check'

/**
 * How many stories are drawn, and from which seed. The seed is the same in each run, unless PROPERTY_SEED chooses
 * another one; PROPERTY_RUNS draws more.
 */
export function drawn(stories: number): fc.Parameters<unknown> {
  return {
    numRuns: Number(process.env['PROPERTY_RUNS'] ?? stories),
    seed: fc.readConfigureGlobal()?.seed ?? 1,
  }
}
