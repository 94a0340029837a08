import { defined } from '../../defined.js'
import { latenessOf } from '../../blocks/lateness.js'
import { planProblems } from '../../plans/validatePlan.js'
import { carriesPlansOut, isHeldByChain, refusals, remarksOn } from '../../plans/heldPlan.js'
import { dueText, isReached, isSameDue } from '../../plans/dueAt.js'
import { ownPlanKey } from '../../plans/ownPlan.js'
import type { Plan, PlanFinding } from '../../plans/plan.js'
import { isActive, keyOf, type Proposal, type ProposalKey } from '../../proposals/proposal.js'
import type { ResolvedPlanOptions } from '../planOptions.js'
import { isBlocked, isHeldUnderWay, isOwn, type Upgrade, withReasons } from '../upgrade.js'
import type { UpgradeMove } from '../upgradeMove.js'
import { admitPlan, type WantedPlan } from './admitPlan.js'
import { completeByChain } from './completeByChain.js'
import { formerPlansOf, isSamePlan } from '../formerPlans.js'
import { failByNodes } from './failByNodes.js'
import { carriesPlan, type DraftUpgrade, draftUpgrade } from './draftUpgrade.js'
import { leaveUnheeded } from './leaveUnheeded.js'
import { isExecuted, isSchedulable, isUndecided } from './proposalStage.js'
import type { ScheduleContext } from './ScheduleContext.js'

/**
 * Applies the present state of a proposal to the upgrades: notes, schedules, changes, refuses or cancels its own
 * upgrade. A repeated call without a change has no effect.
 */
export function scheduleProposal(
  proposal: Proposal,
  upgrades: ReadonlyMap<ProposalKey, Upgrade>,
  context: ScheduleContext,
  options: ResolvedPlanOptions,
): readonly UpgradeMove[] {
  const known = upgrades.get(keyOf(proposal))
  const time = context.head.timestamp
  // An answer that is not understood changes nothing: the last one that was understood still applies.
  if (proposal.notUnderstood !== undefined) return []
  const finding = options.findPlan(proposal)
  // This also cancels a waiting upgrade if a reorg has undone the end of the vote.
  if (!isSchedulable(proposal, options)) {
    if (isWaiting(known))
      return [cancel(known, cancelReason(proposal), time, isBlocked(known) && isToldItself(proposal))]
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
  if (withdrawn !== undefined)
    return known !== undefined && (isWaiting(known) || isHeldUnderWay(known))
      ? [cancel(known, withdrawn, time)]
      : drop(known, time)
  // On a chain that carries out its plans itself, nothing new is scheduled while it is uncertain that the chain holds
  // the plan; a waiting upgrade continues to wait. On other chains `holdBack` handles the doubt.
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

/** Returns the upgrade of an own plan with the same name and height. */
function ownTwin(upgrades: ReadonlyMap<ProposalKey, Upgrade>, chain: string, plan: Plan): Upgrade | undefined {
  const own = upgrades.get(ownPlanKey(chain, plan.name))
  return own !== undefined && isSameDue(own, plan) && own.status !== 'cancelled' && isOwn(own) ? own : undefined
}

/** The own plan is already in progress or done. Scheduling this one too would make the node switch a second time. */
function carriedOutBy(twin: Upgrade, draft: DraftUpgrade, time: bigint): UpgradeMove {
  const reason = `Your own plan ${twin.name} for ${dueText(twin)} was in progress before the vote had passed: it continues under that plan.`
  return {
    type: 'past',
    upgrade: { ...draft, status: 'past', completedAt: time, reasons: [reason] },
    time,
    silent: true,
  }
}

function cancelReason({ announced, status, finding }: Proposal): string {
  if (finding?.withdrawn !== undefined) return finding.withdrawn
  return announced === true ? 'The contract that announced it has cancelled it.' : `The proposal is ${status}.`
}

/** Returns what a passed proposal asks for. */
function wantedBy(
  proposal: Proposal,
  plan: Pick<WantedPlan, 'finding' | 'known' | 'isSame' | 'twin'>,
  context: ScheduleContext,
  options: ResolvedPlanOptions,
): WantedPlan {
  const { finding, known, twin } = plan
  const before = known ?? (twin !== undefined && isWaiting(twin) ? twin : undefined)
  const { head, hostTime } = context
  const former = formerPlansOf(known).find((one) => isSamePlan(one, finding.plan))
  return {
    ...plan,
    ...defined({ former }),
    draft: draftUpgrade(proposal, finding, known),
    since: {
      scheduledAt: before?.scheduledAt ?? former?.scheduledAt ?? head.timestamp,
      noticedAt: before?.noticedAt ?? former?.noticedAt ?? hostTime,
    },
    isHeld: isHeldByChain(proposal, finding),
    remarks: remarksOn(proposal, finding, options),
    votedUntil: proposal.clock === 'block' && proposal.foreignClock !== true ? proposal.votingEnd : undefined,
    isLongDecided: isExecuted(proposal) || isLongDecided(proposal, context),
  }
}

// Maximum age in milliseconds of a vote whose plan may still be waited for, and whose height may still be corrected.
const longMs = 30 * 86_400_000

/** Returns true if the vote ended more than 30 days ago, by the clock in which it is counted. */
function isLongDecided({ clock, foreignClock, votingEnd }: Proposal, { head, blockTime }: ScheduleContext): boolean {
  if (votingEnd === undefined || (clock === 'block' && foreignClock === true)) return false
  const ms =
    clock === 'timestamp' ? Number(head.timestamp - votingEnd) * 1000 : latenessOf(votingEnd, { head, blockTime })
  return ms !== undefined && ms > longMs
}

/**
 * Records a plan that is being voted on or awaits its execution, so that lists show it before it can become an upgrade.
 * Nobody is notified.
 */
function notePending(
  proposal: Proposal,
  finding: PlanFinding | undefined,
  known: Upgrade | undefined,
  { head }: ScheduleContext,
  options: ResolvedPlanOptions,
): readonly UpgradeMove[] {
  if (finding === undefined || finding.withdrawn !== undefined) return drop(known, head.timestamp)
  const { plan, unsure } = finding
  const reasons = [...planProblems(finding, options), ...(unsure === undefined ? [] : [unsure])]
  const awaits = isActive(proposal) ? undefined : ('execution' as const)
  const isNoted =
    known?.status === 'pending' &&
    carriesPlan(known, plan) &&
    known.awaits === awaits &&
    sameTexts(known.reasons, reasons)
  if (isNoted || (known !== undefined && known.status !== 'pending')) return []
  const pending: Upgrade = {
    ...draftUpgrade(proposal, finding, known),
    status: 'pending',
    ...defined({ awaits }),
    reasons,
  }
  return [{ type: 'pending', upgrade: pending, time: head.timestamp, silent: true }]
}

function drop(known: Upgrade | undefined, time: bigint): readonly UpgradeMove[] {
  return known?.status === 'pending' ? [{ type: 'dropped', upgrade: known, time, silent: true }] : []
}

/**
 * Returns true if the upgrade may change. A waiting or refused upgrade follows its plan; a cancelled one returns with
 * its proposal; the others are final. An upgrade that was refused at first sight is evaluated again, because a conflict
 * may have ended. One that was refused for being late stays refused, and one that is blocked by the file is handled by
 * `dueUpgrades`.
 */
function mayChange({ status, scheduledAt }: Upgrade, isSame: boolean): boolean {
  if (status === 'cancelled' || status === 'pending') return true
  return isSame
    ? status === 'refused' && scheduledAt === undefined
    : status === 'scheduled' || status === 'refused' || status === 'past'
}

/** Returns true if a plan that the operator bound to the proposal is in progress. */
function isBoundAndUnderWay({ status, origin }: Upgrade): boolean {
  return status === 'in_progress' && origin === 'operator'
}

function isWaiting(known: Upgrade | undefined): known is Upgrade {
  return known !== undefined && (known.status === 'scheduled' || isBlocked(known))
}

/** Returns true if the end of the proposal is announced, so that its blocked upgrade needs no announcement. */
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

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((one, at) => one === b[at])
}
