import type { Labels } from '../labels.js'
import type { ProposalKey } from '../proposals/proposal.js'
import type { Plan } from './plan.js'

/** A plan of the operator's own. No vote decided it, and the chain does not know it. */
export interface OwnPlan {
  readonly chain: string
  readonly plan: Plan
  /** @defaultValue none */
  readonly labels?: Labels
  /** Who added it, if not by the configuration, as `user@host`, and when: host clock, Unix milliseconds. */
  readonly added?: { readonly by: string; readonly at: number }
}

const place = 'plan'

/** Returns the key of an own plan's upgrade. It depends on the name only, so a plan that is moved keeps its upgrade. */
export function ownPlanKey(chain: string, name: string): ProposalKey {
  return `${chain}/${place}/${name}`
}

/** Returns the name of the own plan that a key belongs to; `undefined` if it is the key of a proposal. */
export function ownPlanNameIn(key: ProposalKey): string | undefined {
  const [, between, name, ...more] = key.split('/')
  return between === place && more.length === 0 ? name : undefined
}
