import type { ChainConfig } from '../../config/schema.js'
import { defined } from '../../domain/defined.js'
import { type OwnPlan, ownPlanKey } from '../../domain/plans/ownPlan.js'
import type { ProposalKey } from '../../domain/proposals/proposal.js'
import { isUnwritable } from '../../store/isUnwritable.js'
import type { Store } from '../../store/Store.js'

/** Returns the operator's own plans that are valid now, or undefined if they cannot be read at the moment. */
export type OwnPlansNow = () => readonly OwnPlan[] | undefined

type Configured = Pick<ChainConfig, 'name' | 'labels' | 'plans'>

/** The operator's own plans in the configuration: those that are bound to no proposal. */
function configuredPlans({ name: chain, labels: ofChain, plans }: Configured): readonly OwnPlan[] {
  return plans
    .filter(({ proposal }) => proposal === undefined)
    .map(({ name, height, info, labels }) => ({
      chain,
      plan: { name, height, ...defined({ info }) },
      labels: { ...ofChain, ...labels },
    }))
}

/** Keys of the upgrades that result from the configured plans. */
export function configuredKeys(chain: Configured): ReadonlySet<ProposalKey> {
  return new Set(configuredPlans(chain).map(({ plan }) => ownPlanKey(chain.name, plan.name)))
}

/**
 * Returns all of the operator's own plans for a chain: first those of the configuration, then those in the state.
 * Undefined while the state cannot be written.
 */
export function ownPlansOf(chain: Configured, store: Pick<Store, 'addedPlans'>): OwnPlansNow {
  const configured = configuredPlans(chain)
  return () => {
    try {
      const added = store.addedPlans(chain.name).map((own) => ({ ...own, labels: { ...chain.labels, ...own.labels } }))
      return [...configured, ...added]
    } catch (cause) {
      if (isUnwritable(cause)) return undefined
      throw cause
    }
  }
}
