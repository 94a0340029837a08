import type { ChainState } from '../../domain/chainState.js'
import { withRecalled } from '../../domain/proposals/archive.js'
import { keyOf } from '../../domain/proposals/proposal.js'
import type { Store } from '../../store/Store.js'
import type { Chain } from '../chain/assembleChain.js'

/**
 * The state from which a chain continues. Under a new configuration, an archived proposal may carry a plan: the
 * operator binds one to it, or the host finds one. Such a proposal is loaded from the archive and judged like any
 * other.
 */
export function resumeChain(
  store: Pick<Store, 'resume' | 'find' | 'recall'>,
  { name, planHolders, findPlan }: Pick<Chain, 'name' | 'planHolders' | 'findPlan'>,
): ChainState | undefined {
  const state = store.resume(name)
  if (state?.archive === undefined) return state
  const { proposals, upgrades } = state
  const keys = new Set<string>()
  for (const filter of planHolders) {
    for (const proposal of store.find(filter, { chains: [name] })) {
      const key = keyOf(proposal)
      if (!proposals.has(key) && !upgrades.has(key) && findPlan(proposal) !== undefined) keys.add(key)
    }
  }
  return withRecalled(state, store.recall(name, { keys: [...keys], before: 0n, surplus: 0 }))
}
