import type { Labels } from '../labels.js'
import type { ProposalKey } from '../proposals/proposal.js'
import type { Plan } from './plan.js'

/** A plan of the operator's own: no vote decided it, and the chain knows nothing of it. */
export interface OwnPlan {
  readonly chain: string
  readonly plan: Plan
  /** @defaultValue none */
  readonly labels?: Labels
  /** Who added it beside the configuration, as `user@host`, and when: host clock, Unix milliseconds. */
  readonly added?: { readonly by: string; readonly at: number }
}

const place = 'plan'

/** The key of the upgrade that an own plan becomes: one for each name, so that a plan that is moved stays the same. */
export function ownPlanKey(chain: string, name: string): ProposalKey {
  return `${chain}/${place}/${name}`
}

/** The name of the own plan that a key stands for; undefined where it is the key of a proposal. */
export function ownPlanNameIn(key: ProposalKey): string | undefined {
  const [, between, name, ...more] = key.split('/')
  return between === place && more.length === 0 ? name : undefined
}
