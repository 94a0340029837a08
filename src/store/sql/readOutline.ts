import { z } from 'zod'
import type { ChainState } from '../../domain/chainState.js'
import { decode } from '../codec.js'
import { chainRow, upgradeRow } from '../schemas.js'
import type { ChainOutline, ProposalCounts } from '../Store.js'
import type { Sql } from '../sql.js'

const jsonRow = z.object({ json: z.string() })
const systemRow = z.object({ system: z.string().nullable() })
const openRow = z.object({ open: z.number() })
const countRow = z.object({ name: z.string(), count: z.number() })

/** What a chain is known by, without its proposals: none of them is decoded. */
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

/** How many proposals these chains track, by what they are. */
export function countProposals(sql: Sql, chains: readonly string[]): ProposalCounts {
  const by = (column: 'status' | 'type'): Readonly<Record<string, number>> => {
    const counts = new Map<string, number>()
    for (const chain of chains) {
      const text = `SELECT ${column} AS name, count(*) AS count FROM proposals WHERE chain = ? GROUP BY ${column}`
      for (const { name, count } of sql.all(countRow, text, chain)) counts.set(name, (counts.get(name) ?? 0) + count)
    }
    return Object.fromEntries(counts)
  }
  const byStatus = by('status')
  return {
    total: Object.values(byStatus).reduce((sum, count) => sum + count, 0),
    open: chains.reduce((sum, chain) => sum + countOpen(sql, chain), 0),
    byStatus,
    byType: by('type'),
  }
}

/** The row of a chain: its state without what has rows of its own. */
export function readChainRow(sql: Sql, chain: string): Omit<ChainState, 'proposals' | 'upgrades' | 'told'> | undefined {
  const [found] = sql.all(jsonRow, 'SELECT json FROM chains WHERE chain = ?', chain)
  return found === undefined ? undefined : decode(chainRow, found.json, { file: sql.file, row: `the chain ${chain}` })
}

export function readUpgrades(sql: Sql, chain: string): ChainState['upgrades'] {
  return new Map(
    sql
      .all(jsonRow, 'SELECT json FROM upgrades WHERE chain = ? ORDER BY row', chain)
      .map(({ json }) => decode(upgradeRow, json, { file: sql.file, row: `an upgrade of ${chain}` }))
      .map((upgrade) => [upgrade.key, upgrade]),
  )
}

function countOpen(sql: Sql, chain: string): number {
  const text = 'SELECT count(*) AS open FROM proposals WHERE chain = ? AND under_way = 1'
  return sql.all(openRow, text, chain)[0]?.open ?? 0
}
