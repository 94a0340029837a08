import * as z from 'zod/mini'
import type { ChainState } from '../../domain/chainState.js'
import { keyOf } from '../../domain/proposals/proposal.js'
import { decode } from '../codec.js'
import { proposalRow } from '../proposalSchemas.js'
import { announcedRow } from '../schemas.js'
import type { Sql } from '../sql.js'
import { readChainRow, readUpgrades } from './readOutline.js'

const jsonRow = z.object({ json: z.string() })
const namedRow = z.object({ chain: z.string() })
const revisionRow = z.object({ revision: z.number() })

/** What the file holds of one chain, as this process last saw it. */
export interface Committed {
  readonly state: ChainState
  /** Raised by every write: another value in the file means that another process wrote in between. */
  readonly revision: number
  /** Nothing of the chain is in the file alone. */
  readonly isWhole: boolean
  /** `turn.time` of the last write. */
  readonly at: number
}

/** The state of a chain as the file holds it. The caller holds the transaction. */
export function loadChain(sql: Sql, chain: string): Committed | undefined {
  const row = readChainRow(sql, chain)
  if (row === undefined) return undefined
  const proposals = sql
    .all(jsonRow, 'SELECT json FROM proposals WHERE chain = ? ORDER BY row', chain)
    .map(({ json }) => decode(proposalRow, json, { sql, row: `a proposal of ${chain}` }))
  const announced = sql
    .all(jsonRow, 'SELECT json FROM told WHERE chain = ? ORDER BY row', chain)
    .map(({ json }) => decode(announcedRow, json, { sql, row: `what was told about ${chain}` }))
  const state: ChainState = {
    ...row,
    proposals: new Map(proposals.map((proposal) => [keyOf(proposal), proposal])),
    upgrades: readUpgrades(sql, chain),
    announcedIds: new Map(announced.map(({ subject, ids }) => [subject, new Set(ids)])),
  }
  return { state, isWhole: true, revision: revisionOf(sql, chain) ?? 0, at: -Infinity }
}

/** All chains with a state, by name. */
export function chainNames(sql: Sql): readonly string[] {
  return sql.all(namedRow, 'SELECT chain FROM chains ORDER BY chain').map(({ chain }) => chain)
}

export function revisionOf(sql: Sql, chain: string): number | undefined {
  return sql.all(revisionRow, 'SELECT revision FROM chains WHERE chain = ?', chain)[0]?.revision
}
