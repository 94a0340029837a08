import * as z from 'zod/mini'
import type { ProposalSelection } from '../Store.js'
import type { Sql } from '../sql.js'
import { selectionOf } from './findProposals.js'

const rowRow = z.object({ row: z.number() })

// A short id is given as a whole, and a long one by no less than this.
const longest = 12
const leastGiven = 4

/**
 * The proposals of these chains that an id means, newest first: those that have it, `chain/ID` or their whole key; or,
 * where none has, those where one of these is long and starts with it.
 */
export function findByPrefix(sql: Sql, given: string, chains: readonly string[]): ProposalSelection {
  const exact = chains.flatMap((chain) => withExactly(sql, chain, given))
  const start = given.replace(/…$|\.\.\.$/, '')
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
      // What stands behind the name of the chain; of another chain nothing that an id can be.
      given.startsWith(`${chain}/`) ? given.slice(chain.length + 1) : given,
      given,
    )
    .map(({ row }) => row)
}

function startingWith(sql: Sql, chain: string, start: string): readonly number[] {
  const prefix = `${chain}/`
  // The start of the name of a chain means all that it tracks.
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

// No text that starts so lies above it.
function endOf(start: string): string {
  return `${start}\u{10ffff}`
}
