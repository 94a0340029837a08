import { latenessOf } from '../../blocks/lateness.js'
import { planProblems } from '../../plans/validatePlan.js'
import { carriesPlansOut, isHeldByChain, refusals, remarksOn } from '../../plans/heldPlan.js'
import { dueText, isReached, isSameDue } from '../../plans/dueAt.js'
import { ownPlanKey } from '../../plans/ownPlan.js'
import type { Plan, PlanFinding } from '../../plans/plan.js'
import { keyOf, type Proposal, type ProposalKey } from '../../proposals/proposal.js'
import type { ResolvedPlanOptions } from '../planOptions.js'
import { isBlocked, isOwn, type Upgrade, withReasons } from '../upgrade.js'
import type { UpgradeMove } from '../upgradeMove.js'
import { admitPlan, type WantedPlan } from './admitPlan.js'
import { completeByChain } from './completeByChain.js'
import { failByNodes } from './failByNodes.js'
import { carriesPlan, type DraftUpgrade, draftUpgrade } from './draftUpgrade.js'
import { leaveUnheeded } from './leaveUnheeded.js'
import { isExecuted, isSchedulable, isUndecided } from './proposalStage.js'
import type { ScheduleContext } from './ScheduleContext.js'

/**
 * What a proposal as it stands does to the upgrades: notes, schedules, changes, refuses or cancels its own. Asked again
 * with nothing new, it does nothing.
 */
export function scheduleProposal(
  proposal: Proposal,
  upgrades: ReadonlyMap<ProposalKey, Upgrade>,
  context: ScheduleContext,
  options: ResolvedPlanOptions,
): readonly UpgradeMove[] {
  const known = upgrades.get(keyOf(proposal))
  const time = context.head.timestamp
  // An answer that is not understood moves nothing: the last one that was understood holds.
  if (proposal.notUnderstood !== undefined) return []
  const finding = options.findPlan(proposal)
  // A waiting upgrade is cancelled here too where a reorg has taken the end of the vote back.
  if (!isSchedulable(proposal, options)) {
    if (isWaiting(known)) return [cancel(known, whyOff(proposal), time, isBlocked(known) && isToldItself(proposal))]
    return isUndecided(proposal) ? notePending(proposal, finding, known, context, options) : drop(known, time)
  }
  if (finding === undefined) {
    if (known !== undefined && isBoundAndUnderWay(known)) return leaveUnheeded(known, undefined, time)
    return isWaiting(known) ? [cancel(known, 'The proposal no longer carries a plan.', time)] : drop(known, time)
  }
  const { plan, withdrawn, applied, missed } = finding
  if (applied !== undefined)
    return completeByChain(draftUpgrade(proposal, finding, known), known, applied, context, options)
  if (missed !== undefined && isReached(plan, context.head)) return failByNodes(known, missed, context)
  if (withdrawn !== undefined) return isWaiting(known) ? [cancel(known, withdrawn, time)] : drop(known, time)
  // Where it is not sure that a Cosmos chain holds the plan, nothing new is scheduled; a waiting upgrade goes on
  // waiting.
  // On other chains `holdBack` deals with the doubt.
  if (finding.unsure !== undefined && carriesPlansOut(proposal.system) && !isWaiting(known)) return []
  if (known !== undefined && isBoundAndUnderWay(known)) return leaveUnheeded(known, plan, time)
  const isSame = known !== undefined && carriesPlan(known, plan)
  const isUnsound = (): boolean =>
    known?.status === 'scheduled' && known.held !== true && refusals(proposal, finding, options).length > 0
  if (known !== undefined && !mayChange(known, isSame) && !isUnsound()) return []
  const twin = ownTwin(upgrades, proposal.chain, plan)
  if (twin?.triggeredAt !== undefined) return [carriedOutBy(twin, draftUpgrade(proposal, finding, known), time)]
  return admitPlan(wantedBy(proposal, { finding, known, isSame, twin }, context, options), upgrades, context, options)
}

/** The upgrade of an own plan for the same name and height. */
function ownTwin(upgrades: ReadonlyMap<ProposalKey, Upgrade>, chain: string, plan: Plan): Upgrade | undefined {
  const own = upgrades.get(ownPlanKey(chain, plan.name))
  return own !== undefined && isSameDue(own, plan) && own.status !== 'cancelled' && isOwn(own) ? own : undefined
}

/** The node is at it already, or has done it: a second time it would switch again. */
function carriedOutBy(twin: Upgrade, draft: DraftUpgrade, time: bigint): UpgradeMove {
  const reason = `Your own plan ${twin.name} for ${dueText(twin)} was at it before the vote had passed: it goes on under that plan.`
  return {
    type: 'past',
    upgrade: { ...draft, status: 'past', completedAt: time, reasons: [reason] },
    time,
    silent: true,
  }
}

function whyOff({ announced, status, finding }: Proposal): string {
  if (finding?.withdrawn !== undefined) return finding.withdrawn
  return announced === true ? 'The contract that announced it has cancelled it.' : `The proposal is ${status}.`
}

/** What a proposal that passed wants of the upgrades. */
function wantedBy(
  proposal: Proposal,
  plan: Pick<WantedPlan, 'finding' | 'known' | 'isSame' | 'twin'>,
  context: ScheduleContext,
  options: ResolvedPlanOptions,
): WantedPlan {
  const { finding, known, twin } = plan
  const before = known ?? (twin !== undefined && isWaiting(twin) ? twin : undefined)
  const { head, hostTime } = context
  return {
    ...plan,
    draft: draftUpgrade(proposal, finding, known),
    since: { scheduledAt: before?.scheduledAt ?? head.timestamp, noticedAt: before?.noticedAt ?? hostTime },
    isHeld: isHeldByChain(proposal, finding),
    remarks: remarksOn(proposal, finding, options),
    votedUntil: proposal.clock === 'block' && proposal.foreignClock !== true ? proposal.votingEnd : undefined,
    isLongDecided: isExecuted(proposal) || isLongDecided(proposal, context),
  }
}

// A plan that passed within a month may still be waited for, and its height may still be corrected.
const longMs = 30 * 86_400_000

/** True where the vote has been over for a month, by the clock that it is counted by. */
function isLongDecided({ clock, foreignClock, votingEnd }: Proposal, { head, blockTime }: ScheduleContext): boolean {
  if (votingEnd === undefined || (clock === 'block' && foreignClock === true)) return false
  const ms =
    clock === 'timestamp' ? Number(head.timestamp - votingEnd) * 1000 : latenessOf(votingEnd, { head, blockTime })
  return ms !== undefined && ms > longMs
}

/** Notes a plan in the vote, so that lists show it before it can become an upgrade. Nobody is notified. */
function notePending(
  proposal: Proposal,
  finding: PlanFinding | undefined,
  known: Upgrade | undefined,
  { head }: ScheduleContext,
  options: ResolvedPlanOptions,
): readonly UpgradeMove[] {
  if (finding === undefined || finding.withdrawn !== undefined) return drop(known, head.timestamp)
  if (known !== undefined && (known.status !== 'pending' || carriesPlan(known, finding.plan))) return []
  const pending: Upgrade = {
    ...draftUpgrade(proposal, finding, known),
    status: 'pending',
    reasons: planProblems(finding, options),
  }
  return [{ type: 'pending', upgrade: pending, time: head.timestamp, silent: true }]
}

function drop(known: Upgrade | undefined, time: bigint): readonly UpgradeMove[] {
  return known?.status === 'pending' ? [{ type: 'dropped', upgrade: known, time, silent: true }] : []
}

/**
 * A waiting or refused upgrade follows its plan; a cancelled one comes back with its proposal; the others are
 * history. What was refused at sight is judged anew, for a conflict may go away; what was refused for coming too
 * late was so for good, and what the file holds up is asked for again (`dueUpgrades`).
 */
function mayChange({ status, scheduledAt }: Upgrade, isSame: boolean): boolean {
  if (status === 'cancelled' || status === 'pending') return true
  return isSame
    ? status === 'refused' && scheduledAt === undefined
    : status === 'scheduled' || status === 'refused' || status === 'past'
}

/** The node is at a plan that the operator bound to the proposal. */
function isBoundAndUnderWay({ status, origin }: Upgrade): boolean {
  return status === 'in_progress' && origin === 'operator'
}

function isWaiting(known: Upgrade | undefined): known is Upgrade {
  return known !== undefined && (known.status === 'scheduled' || isBlocked(known))
}

/** True where people are told by the proposal itself that it is off, and were told before that nothing was written. */
function isToldItself({ announced, finding }: Proposal): boolean {
  return announced !== true && finding?.withdrawn === undefined
}

function cancel(known: Upgrade, reason: string, time: bigint, silent = false): UpgradeMove {
  return {
    type: 'cancelled',
    upgrade: { ...withReasons(known, [reason]), status: 'cancelled', completedAt: time },
    time,
    silent,
    before: known,
  }
}
