import type { ChainState, Turn } from '../../domain/chainState.js'
import { isOpen, isUnderWay } from '../../domain/proposals/proposal.js'
import { encode } from '../codec.js'
import { mapDifference } from '../mapDifference.js'
import type { Sql } from '../sql.js'
import { type Committed, revisionOf } from './loadChain.js'
import { dropTrails } from './writeTrail.js'

/** A turn that moves nothing but the health is written this often at most. Milliseconds of `turn.time`. */
const restMs = 5_000

/**
 * Writes what differs from `known`, and all of it where that is not what the file holds. The caller holds the
 * transaction. Returns what the file holds then.
 */
export function writeChain(sql: Sql, turn: Turn, known: Committed | undefined): Committed {
  const { state, time } = turn
  const { chain, proposals, upgrades, told, ...row } = state
  const revision = revisionOf(sql, chain)
  const base = known?.revision === revision ? known : undefined
  if (base === undefined) clearChain(sql, chain)
  const touched =
    writeProposals(sql, chain, base?.state.proposals ?? new Map(), proposals) +
    writeUpgrades(sql, chain, base?.state.upgrades ?? new Map(), upgrades) +
    writeTold(sql, chain, base?.state.told ?? new Map(), told)
  if (base !== undefined && touched === 0 && !hasNews(turn, base)) return base
  if (base === undefined) dropTrails(sql, chain)
  const next = (revision ?? 0) + 1
  sql.run(
    `INSERT INTO chains (chain, revision, json) VALUES (?, ?, ?)
    ON CONFLICT (chain) DO UPDATE SET revision = excluded.revision, json = excluded.json`,
    chain,
    next,
    encode({ chain, ...row }),
  )
  return { state, revision: next, at: time }
}

// The row without what moves on every poll.
function lasting(state: ChainState): string {
  const apart = { proposals: undefined, upgrades: undefined, told: undefined }
  return encode({ ...state, ...apart, lastGoodAt: undefined, watched: undefined, health: state.health.state })
}

function hasNews({ state, changes, moves, announcements, time }: Turn, known: Committed): boolean {
  return (
    changes.length + moves.length + announcements.length > 0 ||
    // The clock of the host may step back.
    Math.abs(time - known.at) >= restMs ||
    lasting(state) !== lasting(known.state)
  )
}

function writeProposals(
  sql: Sql,
  chain: string,
  before: ChainState['proposals'],
  after: ChainState['proposals'],
): number {
  const { changed, gone } = mapDifference(before, after)
  for (const key of gone) sql.run('DELETE FROM proposals WHERE chain = ? AND key = ?', chain, key)
  for (const [key, proposal] of changed) {
    const { id, origin, submittedAt } = proposal
    sql.run(
      `INSERT INTO proposals (chain, key, id, status, type, closed, under_way, born, place, json)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (chain, key) DO UPDATE SET
        status = excluded.status, type = excluded.type, closed = excluded.closed, under_way = excluded.under_way,
        born = excluded.born, place = excluded.place, json = excluded.json`,
      ...[chain, key, id, proposal.status, proposal.type],
      isOpen(proposal) ? 0 : 1,
      isUnderWay(proposal) ? 1 : 0,
      finite(Number(origin?.block ?? submittedAt ?? 0n)),
      finite(origin?.index ?? 0),
      encode(proposal),
    )
  }
  return changed.length + gone.length
}

function writeUpgrades(sql: Sql, chain: string, before: ChainState['upgrades'], after: ChainState['upgrades']): number {
  const { changed, gone } = mapDifference(before, after)
  for (const key of gone) sql.run('DELETE FROM upgrades WHERE chain = ? AND key = ?', chain, key)
  for (const [key, upgrade] of changed) {
    sql.run(
      `INSERT INTO upgrades (chain, key, status, json) VALUES (?, ?, ?, ?)
      ON CONFLICT (chain, key) DO UPDATE SET status = excluded.status, json = excluded.json`,
      chain,
      key,
      upgrade.status,
      encode(upgrade),
    )
  }
  return changed.length + gone.length
}

function writeTold(sql: Sql, chain: string, before: ChainState['told'], after: ChainState['told']): number {
  const { changed, gone } = mapDifference(before, after)
  for (const subject of gone) sql.run('DELETE FROM told WHERE chain = ? AND subject = ?', chain, subject)
  for (const [subject, ids] of changed) {
    sql.run(
      `INSERT INTO told (chain, subject, json) VALUES (?, ?, ?)
      ON CONFLICT (chain, subject) DO UPDATE SET json = excluded.json`,
      chain,
      subject,
      encode({ subject, ids: [...ids] }),
    )
  }
  return changed.length + gone.length
}

function clearChain(sql: Sql, chain: string): void {
  sql.run('DELETE FROM proposals WHERE chain = ?', chain)
  sql.run('DELETE FROM upgrades WHERE chain = ?', chain)
  sql.run('DELETE FROM told WHERE chain = ?', chain)
}

// A column holds no other number; the row itself does.
function finite(value: number): number {
  return Number.isFinite(value) ? value : 0
}
