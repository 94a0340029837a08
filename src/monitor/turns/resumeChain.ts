import type { ChainState } from '../../domain/chainState.js'
import { withRecalled } from '../../domain/proposals/archive.js'
import { keyOf } from '../../domain/proposals/proposal.js'
import type { Store } from '../../store/Store.js'
import type { Chain } from '../chain/assembleChain.js'

/**
 * The state that a chain goes on from. What was settled under another configuration may carry a plan under this one: an
 * operator binds one to a proposal that was carried out long ago, or the host finds one. It is back from the archive
 * then, and judged like any other.
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
