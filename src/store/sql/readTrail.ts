import * as z from 'zod/mini'
import { keyOf, type ProposalRef, type Vote } from '../../domain/proposals/proposal.js'
import { decode } from '../codec.js'
import { moveRow, voteRow } from '../proposalSchemas.js'
import type { StatusMove } from '../Store.js'
import type { Sql } from '../sql.js'

const jsonRow = z.object({ json: z.string() })

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

/** The votes seen on a proposal, in chain order. */
export function votesOn(sql: Sql, proposal: ProposalRef): readonly Vote[] {
  const key = keyOf(proposal)
  return sql
    .all(jsonRow, 'SELECT json FROM votes WHERE chain = ? AND key = ? ORDER BY block, place', proposal.chain, key)
    .map(({ json }) => decode(voteRow, json, { sql, row: `a vote on ${key}` }))
}
