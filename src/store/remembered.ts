import type { Sql } from './sql.js'

// After how many milliseconds what another process wrote is seen.
const maxAgeMs = 1_000

/**
 * Wraps a query that each reading of each chain repeats, so that all chains share one answer for a second: with many
 * chains, the query would cost more than the stages. What this process writes is seen at once, and what another one
 * wrote after a second, or after {@link Sql.outdate}. The answer must not be changed by its receivers.
 *
 * @param now - Host clock in Unix milliseconds.
 */
export function remembered<T>(sql: Pick<Sql, 'revision'>, now: () => number, query: () => T): () => T {
  let last: { readonly answer: T; readonly at: number; readonly revision: number } | undefined
  return () => {
    const at = now()
    const age = last === undefined ? Infinity : at - last.at
    if (last !== undefined && last.revision === sql.revision() && age >= 0 && age < maxAgeMs) return last.answer
    last = { answer: query(), at, revision: sql.revision() }
    return last.answer
  }
}
