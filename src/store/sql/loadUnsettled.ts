import * as z from 'zod/mini'
import type { ChainState } from '../../domain/chainState.js'
import { countsOf, isBehind, type RecalledProposals, reorgReach } from '../../domain/proposals/archive.js'
import type { ProposalCounts } from '../../domain/proposals/counts.js'
import { keyOf, type Proposal, type ProposalKey } from '../../domain/proposals/proposal.js'
import { decode } from '../codec.js'
import { announcedRow } from '../schemas.js'
import type { RecallRequest } from '../Store.js'
import type { Sql } from '../sql.js'
import { readProposal } from './findProposals.js'
import { type Committed, loadChain, revisionOf } from './loadChain.js'
import { countsIn, readChainRow, readUpgrades } from './readOutline.js'

const rowRow = z.object({ row: z.number() })
const jsonRow = z.object({ json: z.string() })

/** Number of the latest closed proposals that are always loaded, because people look at these. */
const lately = 64
/** Maximum number of due proposals loaded at a time; the rest follows with the next readings. */
const mostDue = 1_000

/**
 * Loads the state of a chain without its archive: proposals that can still change, are within reach of a reorg, have an
 * upgrade, or closed last. With a backlog it also loads proposals that passed in it, because their plans have not been
 * judged yet. The state is complete if the first sync has not caught up. The caller holds the transaction.
 */
export function loadUnsettled(sql: Sql, chain: string): Committed | undefined {
  const row = readChainRow(sql, chain)
  if (row === undefined || !row.synced) return loadChain(sql, chain)
  const proposals = new Map(
    [...rowsOf(sql, chain, row.proposalsReadTo ?? 0n), ...unjudgedRows(sql, chain, row)]
      .sort((a, b) => a - b)
      .flatMap((at) => readProposal(sql, at) ?? [])
      .map((proposal) => [keyOf(proposal), proposal]),
  )
  const upgrades = readUpgrades(sql, chain)
  const announcedIds = new Map([
    ...announcedApart(sql, chain),
    ...announcedOf(sql, chain, [...proposals.keys(), ...upgrades.keys()]),
  ])
  const archive = difference(countsIn(sql, chain), countsOf({ proposals }))
  const isWhole = Object.keys(archive.byStatus).length === 0
  const state: ChainState = { ...row, proposals, upgrades, announcedIds, ...(!isWhole && { archive }) }
  return { state, isWhole, revision: revisionOf(sql, chain) ?? 0, at: -Infinity }
}

/** Loads the requested proposals from the archive. The caller holds the transaction. */
export function recallFrom(sql: Sql, chain: string, { keys, before, surplus }: RecallRequest): RecalledProposals {
  const wanted = keys.flatMap((key) =>
    sql.all(rowRow, 'SELECT row FROM proposals WHERE chain = ? AND key = ?', chain, key),
  )
  const due = sql.all(
    rowRow,
    `SELECT row FROM proposals WHERE chain = ? AND closed_at < ? ${withoutUpgrade} ORDER BY closed_at LIMIT ?`,
    chain,
    Number(before),
    mostDue,
  )
  const over =
    surplus <= 0
      ? []
      : sql.all(
          rowRow,
          `SELECT row FROM proposals WHERE chain = ? AND closed_at IS NOT NULL ${withoutUpgrade} ORDER BY closed_at LIMIT ?`,
          chain,
          Math.min(surplus, mostDue),
        )
  const rows = new Set([...wanted, ...due, ...over].map(({ row }) => row))
  const proposals = [...rows].flatMap((row): readonly Proposal[] => {
    const proposal = readProposal(sql, row)
    return proposal === undefined ? [] : [proposal]
  })
  return { proposals, announcedIds: announcedOf(sql, chain, proposals.map(keyOf)) }
}

// A proposal with an upgrade stays in memory and is forgotten together with it.
const withoutUpgrade =
  'AND NOT EXISTS (SELECT 1 FROM upgrades WHERE upgrades.chain = proposals.chain AND upgrades.key = proposals.key)'

function rowsOf(sql: Sql, chain: string, proposalsReadTo: bigint): readonly number[] {
  const parts = [
    sql.all(rowRow, 'SELECT row FROM proposals WHERE chain = ? AND closed_at IS NULL', chain),
    // Announced items are never archived.
    sql.all(rowRow, 'SELECT row FROM proposals WHERE chain = ? AND announced = 1', chain),
    sql.all(
      rowRow,
      'SELECT row FROM proposals WHERE chain = ? AND closed_block >= ?',
      chain,
      Number(proposalsReadTo - reorgReach),
    ),
    sql.all(
      rowRow,
      'SELECT proposals.row AS row FROM upgrades CROSS JOIN proposals USING (chain, key) WHERE chain = ?',
      chain,
    ),
    sql.all(
      rowRow,
      'SELECT row FROM proposals WHERE chain = ? AND closed_at IS NOT NULL ORDER BY closed_at DESC LIMIT ?',
      chain,
      lately,
    ),
  ]
  return [...new Set(parts.flat().map(({ row }) => row))]
}

/**
 * Proposals that passed since the chain was last caught up with, if it is not caught up now. Loading a few more does no
 * harm.
 */
function unjudgedRows(
  sql: Sql,
  chain: string,
  { health, caughtUpAt }: Pick<ChainState, 'health' | 'caughtUpAt'>,
): readonly number[] {
  if (!isBehind({ health })) return []
  const since = (caughtUpAt?.head ?? 0n) - longestFinality
  return sql
    .all(
      rowRow,
      "SELECT row FROM proposals WHERE chain = ? AND closed_block >= ? AND status IN ('passed', 'queued', 'executed')",
      chain,
      Number(since),
    )
    .map(({ row }) => row)
}

/** Maximum number of blocks between the head and the block that is read. */
const longestFinality = 100_000n

type AnnouncedIds = readonly (readonly [string, ReadonlySet<string>])[]

/** The ids of the notifications about these subjects. */
function announcedOf(sql: Sql, chain: string, subjects: readonly ProposalKey[]): AnnouncedIds {
  return subjects.flatMap((subject) =>
    announcedIn(sql, chain, sql.all(jsonRow, 'SELECT json FROM told WHERE chain = ? AND subject = ?', chain, subject)),
  )
}

/** The ids of the notifications about subjects that are not proposals. */
function announcedApart(sql: Sql, chain: string): AnnouncedIds {
  const text = 'SELECT json FROM told WHERE chain = ? AND of_proposal = 0 ORDER BY row'
  return announcedIn(sql, chain, sql.all(jsonRow, text, chain))
}

function announcedIn(sql: Sql, chain: string, rows: readonly z.infer<typeof jsonRow>[]): AnnouncedIds {
  return rows
    .map(({ json }) => decode(announcedRow, json, { sql, row: `what was told about ${chain}` }))
    .map(({ subject, ids }) => [subject, new Set(ids)])
}

function difference(all: ProposalCounts, held: ProposalCounts): ProposalCounts {
  return { byStatus: subtractCounts(all.byStatus, held.byStatus), byType: subtractCounts(all.byType, held.byType) }
}

function subtractCounts<Key extends string>(
  all: Readonly<Partial<Record<Key, number>>>,
  held: Readonly<Partial<Record<Key, number>>>,
): Readonly<Partial<Record<Key, number>>> {
  const left: Partial<Record<Key, number>> = {}
  for (const key in all) {
    const count = (all[key] ?? 0) - (held[key] ?? 0)
    if (count > 0) left[key] = count
  }
  return left
}
