import { defined } from '../../defined.js'
import { isSameDue } from '../../plans/dueAt.js'
import type { Plan, PlanFinding } from '../../plans/plan.js'
import { keyOf, type Proposal } from '../../proposals/proposal.js'
import { canonical } from '../../text/json.js'
import { formerPlansOf, mostFormerPlans } from '../formerPlans.js'
import type { Upgrade } from '../upgrade.js'

/** An upgrade whose status is not decided yet. */
export type DraftUpgrade = Omit<Upgrade, 'status'>

/** Returns the upgrade that the plan of a proposal asks for, with the next revision after the known one. */
export function draftUpgrade(
  proposal: Proposal,
  { plan, origin }: PlanFinding,
  known: Upgrade | undefined,
): DraftUpgrade {
  const formerPlans = formerPlansOf(known).slice(0, mostFormerPlans)
  return {
    key: keyOf(proposal),
    chain: proposal.chain,
    contract: proposal.contract,
    proposalId: proposal.id,
    name: plan.name,
    ...defined({
      height: plan.height,
      time: plan.time,
      announced: proposal.announced,
      info: plan.info,
      labels: proposal.labels,
    }),
    origin,
    reasons: [],
    revision: known?.status === 'pending' ? known.revision : (known?.revision ?? 0) + 1,
    reminded: [],
    ...(formerPlans.length > 0 && { formerPlans }),
  }
}

/** Returns true if the upgrade already has this plan. */
export function carriesPlan(upgrade: Upgrade, plan: Plan): boolean {
  const { name, info } = upgrade
  return (
    name === plan.name &&
    isSameDue(upgrade, plan) &&
    (info === plan.info || canonical(info ?? null) === canonical(plan.info ?? null))
  )
}
