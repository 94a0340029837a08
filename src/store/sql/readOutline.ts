import * as z from 'zod/mini'
import type { ChainState } from '../../domain/chainState.js'
import { addCounts, noCounts, type ProposalCounts } from '../../domain/proposals/counts.js'
import { proposalStatuses, proposalTypes } from '../../domain/proposals/proposal.js'
import { decode } from '../codec.js'
import { chainRow, upgradeRow } from '../schemas.js'
import type { ChainOutline, TrackedCounts } from '../Store.js'
import type { Sql } from '../sql.js'
import type { ChainRow } from '../storedKeys.js'

const jsonRow = z.object({ json: z.string() })
const systemRow = z.object({ system: z.nullable(z.string()) })
const openRow = z.object({ open: z.number() })
const statusRow = z.object({ status: z.enum(proposalStatuses), count: z.number() })
const typeRow = z.object({ type: z.enum(proposalTypes), count: z.number() })

/** Reads the state of a chain without decoding any proposal. */
export function readOutline(sql: Sql, chain: string): ChainOutline | undefined {
  const row = readChainRow(sql, chain)
  if (row === undefined) return undefined
  const [first] = sql.all(
    systemRow,
    `SELECT CASE WHEN json_valid(json) THEN json_extract(json, '$.system') END AS system
    FROM proposals WHERE chain = ? ORDER BY row LIMIT 1`,
    chain,
  )
  const system = first?.system ?? undefined
  return {
    ...row,
    upgrades: readUpgrades(sql, chain),
    open: countOpen(sql, chain),
    ...(system !== undefined && { system }),
  }
}

/** Counts the tracked proposals of these chains by status and type. */
export function countProposals(sql: Sql, chains: readonly string[]): TrackedCounts {
  const all = chains.reduce((sum, chain) => addCounts(sum, countsIn(sql, chain)), noCounts)
  return {
    ...all,
    total: Object.values(all.byStatus).reduce((sum, count) => sum + count, 0),
    open: chains.reduce((sum, chain) => sum + countOpen(sql, chain), 0),
  }
}

/** Counts the tracked proposals of a chain. */
export function countsIn(sql: Sql, chain: string): ProposalCounts {
  const byStatus = 'SELECT status, count(*) AS count FROM proposals WHERE chain = ? AND announced = 0 GROUP BY status'
  const byType = 'SELECT type, count(*) AS count FROM proposals WHERE chain = ? AND announced = 0 GROUP BY type'
  return {
    byStatus: Object.fromEntries(sql.all(statusRow, byStatus, chain).map(({ status, count }) => [status, count])),
    byType: Object.fromEntries(sql.all(typeRow, byType, chain).map(({ type, count }) => [type, count])),
  }
}

/** Reads the row of a chain: its state without the parts that have their own rows. */
export function readChainRow(sql: Sql, chain: string): ChainRow | undefined {
  const [found] = sql.all(jsonRow, 'SELECT json FROM chains WHERE chain = ?', chain)
  return found === undefined ? undefined : decode(chainRow, found.json, { sql, row: `the chain ${chain}` })
}

export function readUpgrades(sql: Sql, chain: string): ChainState['upgrades'] {
  return new Map(
    sql
      .all(jsonRow, 'SELECT json FROM upgrades WHERE chain = ? ORDER BY row', chain)
      .map(({ json }) => decode(upgradeRow, json, { sql, row: `an upgrade of ${chain}` }))
      .map((upgrade) => [upgrade.key, upgrade]),
  )
}

/** Counts the open proposals of a chain. */
export function countOpen(sql: Sql, chain: string): number {
  const text = 'SELECT count(*) AS open FROM proposals WHERE chain = ? AND under_way = 1'
  return sql.all(openRow, text, chain)[0]?.open ?? 0
}
