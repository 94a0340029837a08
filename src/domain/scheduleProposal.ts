import { type BlockTime, etaOf } from './blockTime.js'
import type { Head } from './head.js'
import { canonical } from './json.js'
import { checkPlan } from './checkPlan.js'
import { durationText } from './time.js'
import { isLongPast } from './lateness.js'
import { judgePlan, planProblems } from './judgePlan.js'
import type { Plan } from './plan.js'
import { keyOf, type Proposal, type ProposalKey } from './proposal.js'
import type { Scheduling } from './scheduling.js'
import { isBlocked, type Upgrade, type UpgradeMove } from './upgrade.js'

export interface ScheduleContext {
  readonly head: Head
  readonly hostTime: number
  readonly watched?: { readonly head: bigint; readonly time: number }
  readonly blockTime?: BlockTime
}

/**
 * What a proposal as it stands does to the upgrades: schedules, changes, refuses or cancels its own. Asked again
 * with nothing new, it does nothing.
 */
export function scheduleProposal(
  proposal: Proposal,
  upgrades: ReadonlyMap<ProposalKey, Upgrade>,
  context: ScheduleContext,
  options: Scheduling,
): readonly UpgradeMove[] {
  const key = keyOf(proposal)
  const known = upgrades.get(key)
  const time = context.head.timestamp
  // An answer that is not understood is not the last answer, and no withdrawal either.
  if (proposal.notUnderstood !== undefined) return []
  // A reorg may also take back that it passed.
  if (!isSchedulable(proposal, options)) return isWaiting(known) ? [cancel(known, `The proposal is ${proposal.status}.`, time)] : []
  const finding = options.findPlan(proposal)
  if (finding === undefined) {
    return isWaiting(known) ? [cancel(known, 'The proposal no longer carries a plan.', time)] : []
  }
  const { plan, origin, withdrawn } = finding
  if (withdrawn !== undefined) return isWaiting(known) ? [cancel(known, withdrawn, time)] : []
  // What nobody can say now begins nothing; what waits already goes on waiting.
  if (finding.unsure !== undefined && !isWaiting(known)) return []
  const isSame = known !== undefined && carries(known, plan)
  if (known !== undefined && !mayChange(known, isSame) && !(known.status === 'scheduled' && planProblems(finding, options).length > 0)) return []

  const { head, hostTime, watched } = context
  const votedUntil = proposal.clock === 'block' && proposal.foreignClock !== true ? proposal.votingEnd : undefined
  const reasons = judgePlan(finding, { key, upgrades, head, blockTime: context.blockTime, hostTime, watched, votedUntil }, options)
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
      ? { status: 'scheduled' as const, scheduledAt: known?.scheduledAt ?? time, noticedAt: known?.noticedAt ?? hostTime }
      : { status: 'refused' as const, completedAt: time }),
    // What does not stand in the way but wants looking at: a missing checksum, a directory of another name.
    reasons: reasons.length > 0 ? reasons : [...returned(known), ...checkPlan(plan, { ...(options.profile !== undefined && { profile: options.profile }) }).warnings, ...hurry(plan, context, options)],
    round: (known?.round ?? 0) + 1,
    reminded: [],
  }
  if (reasons.length > 0) {
    if (isSame && known.status === 'refused') return []
    const silent = watched === undefined && isHistory(proposal, plan, context, options)
    return [{ type: 'refused', upgrade, time, silent, ...(known !== undefined && { before: known }) }]
  }
  if (known?.status === 'scheduled') return [{ type: 'rescheduled', upgrade, time, silent: false, before: known }]
  return [{ type: 'scheduled', upgrade, time, silent: false }]
}

/** True where the status lets the plan of a proposal become an upgrade. */
export function isSchedulable(proposal: Proposal, { scheduleOn }: Pick<Scheduling, 'scheduleOn'>): boolean {
  return proposal.notUnderstood === undefined && hasPassed(proposal, scheduleOn)
}

function hasPassed(proposal: Proposal, scheduleOn: Scheduling['scheduleOn']): boolean {
  return isExecuted(proposal) || (scheduleOn === 'passed' && (proposal.status === 'passed' || proposal.status === 'queued'))
}

function isExecuted({ status, carriedOut }: Proposal): boolean {
  return status === 'executed' || (status === 'passed' && carriedOut === true)
}

/**
 * A waiting or refused upgrade follows its plan; a cancelled one comes back with its proposal; the others are
 * history. What was refused at sight is judged anew, for a conflict may go away; what was refused for coming too
 * late was so for good, and what the file holds up is asked for again (`dueUpgrades`).
 */
function mayChange({ status, scheduledAt }: Upgrade, isSame: boolean): boolean {
  if (status === 'cancelled') return true
  return isSame ? status === 'refused' && scheduledAt === undefined : status === 'scheduled' || status === 'refused'
}

function carries({ name, height, info }: Upgrade, plan: Plan): boolean {
  return name === plan.name && height === plan.height && canonical(info ?? null) === canonical(plan.info ?? null)
}

/** Over long before anybody looked: the height is far behind, or there is none and the proposal was carried out. */
function isHistory(proposal: Proposal, { height }: Plan, context: ScheduleContext, { lateLimit }: Scheduling): boolean {
  return Number.isSafeInteger(height) && height > 0 ? isLongPast(BigInt(height), context, lateLimit) : isExecuted(proposal)
}

function returned(known: Upgrade | undefined): readonly string[] {
  return known?.status === 'cancelled' ? ['It was called off before, and is back.'] : []
}

/** The operator's own delay may hold up the file beyond the height: better said while there is time. */
function hurry({ height }: Plan, { head, blockTime }: ScheduleContext, { minUpgradeDelay }: Scheduling): readonly string[] {
  const eta = blockTime === undefined ? undefined : etaOf(BigInt(height), head, blockTime)
  if (eta === undefined || Number(eta - head.timestamp) * 1000 >= minUpgradeDelay) return []
  return [`The height comes before minUpgradeDelay (${durationText(Math.round(minUpgradeDelay / 1000))}) is over: the file is written only then.`]
}

function isWaiting(known: Upgrade | undefined): known is Upgrade {
  return known !== undefined && (known.status === 'scheduled' || isBlocked(known))
}

function cancel(known: Upgrade, reason: string, time: bigint): UpgradeMove {
  // Of one that the file held up, people know already that nothing is written.
  return { type: 'cancelled', upgrade: { ...known, status: 'cancelled', completedAt: time, reasons: [reason] }, time, silent: isBlocked(known), before: known }
}
