import type { Head } from './head.js'
import { canonical } from './json.js'
import { judgePlan } from './judgePlan.js'
import type { Plan } from './plan.js'
import { keyOf, type Proposal, type ProposalKey } from './proposal.js'
import type { Scheduling } from './scheduling.js'
import type { Upgrade, UpgradeMove } from './upgrade.js'

export interface ScheduleContext {
  readonly head: Head
  readonly hostTime: number
  readonly watched?: { readonly head: bigint; readonly time: number }
}

/** What a proposal that is no longer voted on does to the upgrades: schedules, changes, refuses or cancels its own. */
export function scheduleProposal(
  proposal: Proposal,
  upgrades: ReadonlyMap<ProposalKey, Upgrade>,
  context: ScheduleContext,
  options: Scheduling,
): readonly UpgradeMove[] {
  const key = keyOf(proposal)
  const known = upgrades.get(key)
  const time = context.head.timestamp
  if (isLost(proposal)) return known?.status === 'scheduled' ? [cancel(known, `The proposal is ${proposal.status}.`, time)] : []
  if (!isSchedulable(proposal, options)) return []
  const finding = options.findPlan(proposal)
  if (finding === undefined) {
    return known?.status === 'scheduled' ? [cancel(known, 'The proposal no longer carries a plan.', time)] : []
  }
  if (known !== undefined && !mayChange(known, finding.plan)) return []

  const { plan, origin } = finding
  const { head, hostTime, watched } = context
  const reasons = judgePlan(finding, { key, upgrades, head: head.number, hostTime, watched }, options)
  const upgrade: Upgrade = {
    key,
    chain: proposal.chain,
    contract: proposal.contract,
    proposalId: proposal.id,
    name: plan.name,
    height: plan.height,
    ...(plan.info !== undefined && { info: plan.info }),
    origin,
    ...(reasons.length === 0
      ? { status: 'scheduled' as const, scheduledAt: known?.scheduledAt ?? time }
      : { status: 'refused' as const, completedAt: time }),
    reasons,
    round: known === undefined ? 1 : known.round + (known.status === 'cancelled' ? 1 : 0),
    reminded: [],
  }
  const backfill = watched === undefined
  if (reasons.length > 0) return [{ type: 'refused', upgrade, time, silent: backfill && isBehind(plan, head), ...(known !== undefined && { before: known }) }]
  if (known?.status === 'scheduled') return [{ type: 'rescheduled', upgrade, time, silent: false, before: known }]
  return [{ type: 'scheduled', upgrade, time, silent: false }]
}

function isLost({ status }: Proposal): boolean {
  return status === 'rejected' || status === 'failed' || status === 'expired' || status === 'canceled'
}

function isSchedulable({ status }: Proposal, { scheduleOn }: Scheduling): boolean {
  return status === 'executed' || (scheduleOn === 'passed' && (status === 'passed' || status === 'queued'))
}

/** A waiting or refused upgrade follows its plan; a cancelled one comes back with its proposal; the others are history. */
function mayChange(known: Upgrade, plan: Plan): boolean {
  if (known.status === 'cancelled') return true
  if (known.status !== 'scheduled' && known.status !== 'refused') return false
  return known.name !== plan.name || known.height !== plan.height || canonical(known.info ?? null) !== canonical(plan.info ?? null)
}

function isBehind({ height }: Plan, head: Head): boolean {
  return Number.isSafeInteger(height) && BigInt(height) <= head.number
}

function cancel(known: Upgrade, reason: string, time: bigint): UpgradeMove {
  return { type: 'cancelled', upgrade: { ...known, status: 'cancelled', completedAt: time, reasons: [reason] }, time, silent: false, before: known }
}
