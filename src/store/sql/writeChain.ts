import type { ChainState, Touched, Turn } from '../../domain/chainState.js'
import { isOpen, isUnderWay } from '../../domain/proposals/proposal.js'
import { encode } from '../codec.js'
import type { Sql } from '../sql.js'
import { type Committed, revisionOf } from './loadChain.js'
import { dropTrails } from './writeTrail.js'

/** A turn that moves nothing but the health is written this often at most. Milliseconds of `turn.time`. */
const restMs = 5_000

/**
 * Writes what a turn has touched, and all of its state where `known` is not what the file holds. The caller holds the
 * transaction. Returns what the file holds then.
 */
export function writeChain(sql: Sql, turn: Turn, known: Committed | undefined): Committed {
  const { state, time } = turn
  const { chain, proposals, upgrades, told, archive: _counted, ...row } = state
  const revision = revisionOf(sql, chain)
  const base = known?.revision === revision ? known : undefined
  if (base === undefined) clearChain(sql, chain)
  const touched = base === undefined ? wholeOf(state) : turn.touched
  writeProposals(sql, chain, touched.proposals, proposals)
  writeUpgrades(sql, chain, touched.upgrades, upgrades)
  writeTold(sql, chain, touched.told, told)
  const count = touched.proposals.length + touched.upgrades.length + touched.told.length
  if (base !== undefined && count === 0 && !hasNews(turn, base)) return base
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
  const apart = { proposals: undefined, upgrades: undefined, told: undefined, archive: undefined }
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

function writeProposals(sql: Sql, chain: string, keys: Touched['proposals'], after: ChainState['proposals']): void {
  for (const key of keys) {
    const proposal = after.get(key)
    if (proposal === undefined) {
      sql.run('DELETE FROM proposals WHERE chain = ? AND key = ?', chain, key)
      continue
    }
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
}

function writeUpgrades(sql: Sql, chain: string, keys: Touched['upgrades'], after: ChainState['upgrades']): void {
  for (const key of keys) {
    const upgrade = after.get(key)
    if (upgrade === undefined) {
      sql.run('DELETE FROM upgrades WHERE chain = ? AND key = ?', chain, key)
      continue
    }
    sql.run(
      `INSERT INTO upgrades (chain, key, status, json) VALUES (?, ?, ?, ?)
      ON CONFLICT (chain, key) DO UPDATE SET status = excluded.status, json = excluded.json`,
      chain,
      key,
      upgrade.status,
      encode(upgrade),
    )
  }
}

function writeTold(sql: Sql, chain: string, subjects: Touched['told'], after: ChainState['told']): void {
  for (const subject of subjects) {
    const ids = after.get(subject)
    if (ids === undefined) {
      sql.run('DELETE FROM told WHERE chain = ? AND subject = ?', chain, subject)
      continue
    }
    sql.run(
      `INSERT INTO told (chain, subject, json) VALUES (?, ?, ?)
      ON CONFLICT (chain, subject) DO UPDATE SET json = excluded.json`,
      chain,
      subject,
      encode({ subject, ids: [...ids] }),
    )
  }
}

function wholeOf({ proposals, upgrades, told }: ChainState): Touched {
  return { proposals: [...proposals.keys()], upgrades: [...upgrades.keys()], told: [...told.keys()] }
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
