import type { Store } from './Store.js'
import type { Sql } from './sql.js'
import { findMeant } from './sql/findMeant.js'
import { findProposals, idsBeside, proposalAt } from './sql/findProposals.js'
import { chainNames } from './sql/loadChain.js'
import { countProposals, readOutline } from './sql/readOutline.js'

/** What is tracked, for whoever looks: no more of it is read than is asked for. */
export function proposals(sql: Sql): Pick<Store, 'outline' | 'find' | 'proposal' | 'meant' | 'besides' | 'counts'> {
  return {
    outline: (chain) => sql.snapshot(() => readOutline(sql, chain)),
    find: (filter = {}, { chains = chainNames(sql), order = 'known' } = {}) =>
      sql.snapshot(() => findProposals(sql, filter, chains, order)),
    proposal: (key) => sql.snapshot(() => proposalAt(sql, key)),
    meant: (given, chains = chainNames(sql)) => sql.snapshot(() => findMeant(sql, given, chains)),
    besides: (id) => sql.snapshot(() => idsBeside(sql, id)),
    counts: (chain) => sql.snapshot(() => countProposals(sql, chain === undefined ? chainNames(sql) : [chain])),
  }
}
