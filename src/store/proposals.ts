import type { Store } from './Store.js'
import type { Sql } from './sql.js'
import { findByPrefix } from './sql/findByPrefix.js'
import { findProposals, adjacentIds, proposalAt } from './sql/findProposals.js'
import { chainNames } from './sql/loadChain.js'
import { countOpen, countProposals, readOutline } from './sql/readOutline.js'

/** Queries on the tracked proposals. Each reads only the rows it needs. */
export function proposals(
  sql: Sql,
): Pick<Store, 'outline' | 'find' | 'openCount' | 'proposal' | 'findByPrefix' | 'adjacentIds' | 'counts'> {
  return {
    outline: (chain) => sql.snapshot(() => readOutline(sql, chain)),
    find: (filter = {}, { chains = chainNames(sql), order = 'known' } = {}) =>
      sql.snapshot(() => findProposals(sql, filter, chains, order)),
    proposal: (key) => sql.snapshot(() => proposalAt(sql, key)),
    findByPrefix: (given, chains = chainNames(sql)) => sql.snapshot(() => findByPrefix(sql, given, chains)),
    adjacentIds: (id) => sql.snapshot(() => adjacentIds(sql, id)),
    openCount: (chain) => countOpen(sql, chain),
    counts: (chain) => sql.snapshot(() => countProposals(sql, chain === undefined ? chainNames(sql) : [chain])),
  }
}
