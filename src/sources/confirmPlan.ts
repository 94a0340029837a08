import { reasonOf } from '../domain/errors.js'
import type { Plan } from '../domain/plan.js'
import type { Proposal } from '../domain/proposal.js'
import type { Upgrade } from '../domain/upgrade.js'
import type { GovernanceReader } from './governance/GovernanceReader.js'

export interface ConfirmOptions {
  /** One reader a node. */
  readonly readers: readonly GovernanceReader[]
  /** How many of them must agree. */
  readonly agreement: number
  /** Whether a proposal, as one node tells it, carries its plan into an upgrade now. */
  readonly planOf: (proposal: Proposal) => Plan | undefined
  /** Block the proposal was submitted in, where it is known. */
  readonly near?: bigint
  readonly signal: AbortSignal
}

/**
 * Asks every node by itself whether an upgrade's proposal has passed with this very plan. Gives the reason why
 * the upgrade is not confirmed, or nothing where enough nodes agree. Never rejects: a node that fails does not agree.
 */
export async function confirmPlan(upgrade: Upgrade, { readers, agreement, planOf, near, signal }: ConfirmOptions): Promise<string | undefined> {
  const answers = await Promise.all(readers.map(async (reader) => {
    try {
      const proposal = await reader.readProposal(upgrade.contract, upgrade.proposalId, signal, near)
      const plan = proposal === undefined ? undefined : planOf(proposal)
      return plan?.name === upgrade.name && plan.height === upgrade.height ? 'yes' : 'a node does not confirm it'
    } catch (cause) {
      return reasonOf(cause)
    }
  }))
  const agreeing = answers.filter((answer) => answer === 'yes').length
  if (agreeing >= agreement) return undefined
  const others = [...new Set(answers.filter((answer) => answer !== 'yes'))]
  return `${agreeing} of ${readers.length} nodes confirm ${upgrade.name} at height ${upgrade.height}, ${agreement} must: ${others.join(' ')}`
}
