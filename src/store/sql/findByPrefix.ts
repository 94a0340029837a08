import * as z from 'zod/mini'
import type { ProposalSelection } from '../Store.js'
import type { Sql } from '../sql.js'
import { selectionOf } from './findProposals.js'

const rowRow = z.object({ row: z.number() })

// Ids up to `longest` characters must be given in full; longer ones with at least `leastGiven` characters.
const longest = 12
const leastGiven = 4

/**
 * Selects the proposals of these chains that a text identifies, newest first: those whose id, `chain/ID` or key equals
 * it; if there are none, those with a long one that starts with it.
 */
export function findByPrefix(sql: Sql, given: string, chains: readonly string[]): ProposalSelection {
  const exact = chains.flatMap((chain) => withExactly(sql, chain, given))
  const start = given.replace(/\u2026$|\.\.\.$/, '')
  if (exact.length > 0 || start.length < leastGiven) return selectionOf(sql, exact)
  return selectionOf(
    sql,
    chains.flatMap((chain) => startingWith(sql, chain, start)),
  )
}

function withExactly(sql: Sql, chain: string, given: string): readonly number[] {
  return sql
    .all(
      rowRow,
      `SELECT row FROM proposals WHERE chain = ? AND (id = ? OR id = ? OR key = ?) ${newestFirst}`,
      chain,
      given,
      // The part after the chain name. If the text starts with another chain's name, it cannot match an id.
      given.startsWith(`${chain}/`) ? given.slice(chain.length + 1) : given,
      given,
    )
    .map(({ row }) => row)
}

function startingWith(sql: Sql, chain: string, start: string): readonly number[] {
  const prefix = `${chain}/`
  // The beginning of a chain name matches all its proposals.
  const behind = start.startsWith(prefix) ? start.slice(prefix.length) : prefix.startsWith(start) ? '' : start
  const long = start.startsWith(prefix) || prefix.startsWith(start) ? longest - prefix.length : longest
  return sql
    .all(
      rowRow,
      `SELECT row FROM proposals WHERE chain = ? AND (
        (id >= ? AND id < ? AND length(id) > ?) OR (id >= ? AND id < ? AND length(id) > ?)
        OR (key >= ? AND key < ? AND length(key) > ?)
      ) ${newestFirst}`,
      chain,
      ...[start, endOf(start), longest],
      ...[behind, endOf(behind), long],
      ...[start, endOf(start), longest],
    )
    .map(({ row }) => row)
}

const newestFirst = 'ORDER BY born DESC, place DESC, row'

// An upper bound for all texts that start with `start`.
function endOf(start: string): string {
  return `${start}\u{10ffff}`
}
