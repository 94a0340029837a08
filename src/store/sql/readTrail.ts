import * as z from 'zod/mini'
import { keyOf, type ProposalRef, type Vote } from '../../domain/proposals/proposal.js'
import { decode } from '../codec.js'
import { moveRow, voteRow } from '../proposalSchemas.js'
import type { StatusMove } from '../Store.js'
import type { Sql } from '../sql.js'

const jsonRow = z.object({ json: z.string() })
const namesRow = z.array(z.string())

/** The status changes of a proposal, in order. */
export function movesOf(sql: Sql, chain: string, key: string): readonly StatusMove[] {
  return sql
    .all(jsonRow, 'SELECT json FROM moves WHERE chain = ? AND key = ? ORDER BY row', chain, key)
    .map(({ json }) => moveIn(sql, key, json))
}

/** The last status change of a proposal. */
export function lastMoveOf(sql: Sql, chain: string, key: string): StatusMove | undefined {
  const [last] = sql.all(
    jsonRow,
    'SELECT json FROM moves WHERE chain = ? AND key = ? ORDER BY row DESC LIMIT 1',
    chain,
    key,
  )
  return last === undefined ? undefined : moveIn(sql, key, last.json)
}

function moveIn(sql: Sql, key: string, json: string): StatusMove {
  return decode(moveRow, json, { sql, row: `a move of ${key}` })
}

/** The newest votes seen on a proposal, all or at most `limit`, in chain order. */
export function votesOn(sql: Sql, proposal: ProposalRef, limit = Infinity): readonly Vote[] {
  const key = keyOf(proposal)
  return sql
    .all(
      jsonRow,
      'SELECT json FROM votes WHERE chain = ? AND key = ? ORDER BY block DESC, place DESC, voter DESC LIMIT ?',
      proposal.chain,
      key,
      limit === Infinity ? -1 : limit,
    )
    .toReversed()
    .map(({ json }) => decode(voteRow, json, { sql, row: `a vote on ${key}` }))
}

/** The accounts whose votes on a proposal were seen, each once. As one text, because a row for each costs more. */
export function votersOn(sql: Sql, proposal: ProposalRef): readonly string[] {
  const text = 'SELECT json_group_array(voter) AS json FROM votes WHERE chain = ? AND key = ?'
  const [row] = sql.all(jsonRow, text, proposal.chain, keyOf(proposal))
  return [...new Set(row === undefined ? [] : namesRow.parse(JSON.parse(row.json)))]
}
