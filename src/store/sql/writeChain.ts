import type { ChainState, TouchedKeys, Turn } from '../../domain/chainState.js'
import { StoreError } from '../../domain/errors.js'
import { isOpen, isUnderWay } from '../../domain/proposals/proposal.js'
import { encode } from '../codec.js'
import type { Sql } from '../sql.js'
import { storedChainOf, storedUpgradeOf } from '../storedKeys.js'
import { type Committed, revisionOf } from './loadChain.js'
import { dropTrails } from './writeTrail.js'

/** Minimum time between two writes of turns that change only the health, in milliseconds of `turn.time`. */
const restMs = 5_000

/**
 * Writes what a turn has touched, or the whole state if `known` differs from what the file holds. The caller holds the
 * transaction. Returns what the file holds afterwards.
 */
export function writeChain(sql: Sql, turn: Turn, known: Committed | undefined): Committed {
  const { state, time } = turn
  const { chain, proposals, upgrades, announcedIds, archive, ...row } = state
  const revision = revisionOf(sql, chain)
  const base = known?.revision === revision ? known : undefined
  const isWhole = known?.isWhole !== false && archive === undefined
  // Archived proposals are not in this state, so it can be neither merged with the file nor written as a whole.
  if (base === undefined && !isWhole && (known ?? revision) !== undefined) throw overtaken(sql.file, chain)
  if (base === undefined) clearChain(sql, chain)
  const touched = base === undefined ? allKeysOf(state) : turn.touched
  const { sightings } = touched
  writeProposals(sql, chain, touched.proposals, proposals)
  writeUpgrades(sql, chain, [...touched.upgrades, ...sightings], upgrades)
  writeAnnounced(sql, chain, touched.announcedIds, state)
  const count = touched.proposals.length + touched.upgrades.length + sightings.length + touched.announcedIds.length
  if (base !== undefined && count === 0 && !hasNews(turn, base)) return base
  if (base === undefined) dropTrails(sql, chain)
  const next = (revision ?? 0) + 1
  sql.run(
    `INSERT INTO chains (chain, revision, json) VALUES (?, ?, ?)
    ON CONFLICT (chain) DO UPDATE SET revision = excluded.revision, json = excluded.json`,
    chain,
    next,
    encode(storedChainOf({ chain, ...row })),
  )
  return { state, isWhole, revision: next, at: time }
}

// Keys that are not in the row, and keys that change on every poll.
const passing: ReadonlySet<string> = new Set([
  ...['proposals', 'upgrades', 'announcedIds', 'archive'],
  ...['lastGoodAt', 'caughtUpAt', 'health'],
])

/** True if two states differ in more than the keys that change on every poll. */
function differ(one: ChainState, other: ChainState): boolean {
  if (one.health.state !== other.health.state) return true
  // Nearly every reading has a new head, and comparing the rest means encoding it.
  if (one.head?.number !== other.head?.number || one.head?.hash !== other.head?.hash) return true
  if (Object.keys(other).some((key) => !passing.has(key) && !Object.hasOwn(one, key))) return true
  const known = new Map<string, unknown>(Object.entries(other))
  return Object.entries(one).some(
    ([key, value]: readonly [string, unknown]) =>
      !passing.has(key) && value !== known.get(key) && encode({ value }) !== encode({ value: known.get(key) }),
  )
}

function hasNews({ state, changes, moves, announcements, time }: Turn, known: Committed): boolean {
  return (
    changes.length + moves.length + announcements.length > 0 ||
    // The absolute value covers a host clock that was set back.
    Math.abs(time - known.at) >= restMs ||
    differ(state, known.state)
  )
}

function writeProposals(sql: Sql, chain: string, keys: TouchedKeys['proposals'], after: ChainState['proposals']): void {
  const drop = (key: string): unknown => sql.run('DELETE FROM proposals WHERE chain = ? AND key = ?', chain, key)
  writeTouched(keys, after, drop, (proposal, key) => {
    const { id, origin, submittedAt } = proposal
    const end = isOpen(proposal) ? undefined : proposal.closedAt
    sql.run(
      `INSERT INTO proposals (chain, key, id, status, type, closed, under_way, born, place, closed_at, closed_block, announced, json)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (chain, key) DO UPDATE SET
        status = excluded.status, type = excluded.type, closed = excluded.closed, under_way = excluded.under_way,
        born = excluded.born, place = excluded.place, closed_at = excluded.closed_at,
        closed_block = excluded.closed_block, announced = excluded.announced, json = excluded.json`,
      ...[chain, key, id, proposal.status, proposal.type],
      isOpen(proposal) ? 0 : 1,
      isUnderWay(proposal) ? 1 : 0,
      finite(Number(origin?.block ?? submittedAt ?? 0n)),
      finite(origin?.index ?? 0),
      end === undefined ? null : finite(Number(end.timestamp)),
      end === undefined ? null : finite(Number(end.block)),
      proposal.announced === true ? 1 : 0,
      encode(proposal),
    )
  })
}

function writeUpgrades(sql: Sql, chain: string, keys: TouchedKeys['upgrades'], after: ChainState['upgrades']): void {
  const drop = (key: string): unknown => sql.run('DELETE FROM upgrades WHERE chain = ? AND key = ?', chain, key)
  writeTouched(keys, after, drop, (upgrade, key) =>
    sql.run(
      `INSERT INTO upgrades (chain, key, status, json) VALUES (?, ?, ?, ?)
      ON CONFLICT (chain, key) DO UPDATE SET status = excluded.status, json = excluded.json`,
      ...[chain, key, upgrade.status, encode(storedUpgradeOf(upgrade))],
    ),
  )
}

function writeAnnounced(
  sql: Sql,
  chain: string,
  subjects: TouchedKeys['announcedIds'],
  { announcedIds, proposals }: Pick<ChainState, 'announcedIds' | 'proposals'>,
): void {
  const drop = (subject: string): unknown => sql.run('DELETE FROM told WHERE chain = ? AND subject = ?', chain, subject)
  writeTouched(subjects, announcedIds, drop, (ids, subject) =>
    sql.run(
      `INSERT INTO told (chain, subject, of_proposal, json) VALUES (?, ?, ?, ?)
      ON CONFLICT (chain, subject) DO UPDATE SET of_proposal = excluded.of_proposal, json = excluded.json`,
      chain,
      subject,
      proposals.has(subject) ? 1 : 0,
      encode({ subject, ids: [...ids] }),
    ),
  )
}

/** Deletes the rows of keys that are no longer in the state and writes the others. */
function writeTouched<T>(
  keys: readonly string[],
  after: ReadonlyMap<string, T>,
  drop: (key: string) => unknown,
  put: (value: T, key: string) => unknown,
): void {
  for (const key of keys) {
    const value = after.get(key)
    if (value === undefined) drop(key)
    else put(value, key)
  }
}

function allKeysOf({ proposals, upgrades, announcedIds }: ChainState): TouchedKeys {
  return {
    proposals: [...proposals.keys()],
    upgrades: [...upgrades.keys()],
    sightings: [],
    announcedIds: [...announcedIds.keys()],
  }
}

function clearChain(sql: Sql, chain: string): void {
  sql.run('DELETE FROM proposals WHERE chain = ?', chain)
  sql.run('DELETE FROM upgrades WHERE chain = ?', chain)
  sql.run('DELETE FROM told WHERE chain = ?', chain)
}

// Columns for sorting cannot hold infinite numbers; the JSON of the row keeps the original value.
function finite(value: number): number {
  return Number.isFinite(value) ? value : 0
}

function overtaken(file: string, chain: string): StoreError {
  return new StoreError(
    `Another process wrote the chain ${chain} into the state file ${file} meanwhile: what this one knows of it is out of ` +
      'date. Stop one of the two, and start the other again.',
  )
}
