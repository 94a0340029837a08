import * as z from 'zod/mini'
import type { Turn } from '../../domain/chainState.js'
import { keyOf, type Proposal, type ProposalKey, type Vote } from '../../domain/proposals/proposal.js'
import { encode } from '../codec.js'
import { dropPosted } from '../posted.js'
import type { StatusMove } from '../Store.js'
import type { Sql } from '../sql.js'
import { lastMoveOf } from './readTrail.js'

/** Maximum number of newest votes and moves kept for each proposal. */
export const trailBounds = { votes: 1_000, moves: 100 } as const

const keyRow = z.object({ key: z.string() })

/**
 * Writes what a turn adds to the trail of each proposal, and deletes what a reorg has undone. Call it after the state
 * is written; the caller holds the transaction.
 */
export function writeTrail(sql: Sql, { state: { chain, proposals }, changes, rewoundTo, forgotten }: Turn): void {
  if (rewoundTo !== undefined) {
    sql.run('DELETE FROM votes WHERE chain = ? AND block > ?', chain, Number(rewoundTo))
    sql.run('DELETE FROM moves WHERE chain = ? AND block > ?', chain, Number(rewoundTo))
  }
  for (const change of changes) {
    if ((change.type !== 'proposalAppeared' && change.type !== 'statusMoved') || !proposals.has(keyOf(change.proposal)))
      continue
    addMove(sql, chain, keyOf(change.proposal), moveTo(change.proposal, change.at, change.time))
  }
  const cast = new Map<string, Vote[]>()
  for (const change of changes) {
    if (change.type !== 'voteCast' || !proposals.has(keyOf(change.vote))) continue
    const votes = cast.get(keyOf(change.vote)) ?? []
    votes.push(change.vote)
    cast.set(keyOf(change.vote), votes)
  }
  for (const [key, votes] of cast) addVotes(sql, chain, key, votes)
  const retracted = changes.flatMap((change) => (change.type === 'proposalRetracted' ? [keyOf(change.proposal)] : []))
  dropTrails(sql, chain, [...forgotten, ...retracted])
  // Posts of a retracted proposal are kept, because their messages must still be struck out.
  const gone = new Set(retracted)
  dropPosted(
    sql,
    forgotten.filter((key) => !gone.has(key)),
  )
}

function addMove(sql: Sql, chain: string, key: string, move: StatusMove): void {
  // After a reorg the chain may report the same status again.
  if (lastMoveOf(sql, chain, key)?.status === move.status) return
  sql.run(
    'INSERT INTO moves (chain, key, block, json) VALUES (?, ?, ?, ?)',
    chain,
    key,
    Number(move.block),
    encode(move),
  )
  sql.run(
    'DELETE FROM moves WHERE row IN (SELECT row FROM moves WHERE chain = ? AND key = ? ORDER BY row DESC LIMIT -1 OFFSET ?)',
    chain,
    key,
    trailBounds.moves,
  )
}

function addVotes(sql: Sql, chain: string, key: string, votes: readonly Vote[]): void {
  for (const vote of votes.slice(-trailBounds.votes)) {
    sql.run(
      'INSERT INTO votes (chain, key, block, place, voter, json) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (chain, key, block, place, voter) DO UPDATE SET json = excluded.json',
      chain,
      key,
      Number(vote.block),
      vote.index,
      vote.voter,
      encode(vote),
    )
  }
  sql.run(
    'DELETE FROM votes WHERE row IN (SELECT row FROM votes WHERE chain = ? AND key = ? ORDER BY block DESC, place DESC LIMIT -1 OFFSET ?)',
    chain,
    key,
    trailBounds.votes,
  )
}

/** Deletes the trails of proposals that are no longer tracked, for these keys or, without keys, for all. */
export function dropTrails(sql: Sql, chain: string, keys?: readonly ProposalKey[]): void {
  for (const table of ['votes', 'moves'] as const) {
    const all = `SELECT DISTINCT key FROM ${table} WHERE chain = ?`
    for (const key of keys ?? sql.all(keyRow, all, chain).map((row) => row.key))
      sql.run(
        `DELETE FROM ${table} WHERE chain = ? AND key = ? AND NOT EXISTS (SELECT 1 FROM proposals WHERE chain = ? AND key = ?)`,
        chain,
        key,
        chain,
        key,
      )
  }
}

/** A submission counts from its own block, even if it was first read later. */
function moveTo({ status, derived, origin, submittedAt }: Proposal, block: bigint, time: bigint): StatusMove {
  const at =
    status === 'submitted' && origin !== undefined && submittedAt !== undefined
      ? { block: origin.block, time: submittedAt }
      : { block, time }
  return { status, derived, ...at }
}
