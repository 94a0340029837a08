import { isUnproposed } from '../../proposals/announced.js'
import type { Head } from '../../blocks/head.js'
import { defined } from '../../defined.js'
import { type OwnPlan, ownPlanKey } from '../../plans/ownPlan.js'
import type { Plan, PlanFinding } from '../../plans/plan.js'
import { readPlan } from '../../plans/readPlan.js'
import { formalProblems, planProblems } from '../../plans/validatePlan.js'
import type { ProposalKey } from '../../proposals/proposal.js'
import { conflictsWith, endedTwin, type Occupied, votedTwin } from '../occupied.js'
import type { ResolvedPlanOptions } from '../planOptions.js'
import { isBlocked, type Rival, type Upgrade, withReasons } from '../upgrade.js'
import type { UpgradeMove } from '../upgradeMove.js'
import { admitPlan, type WantedPlan } from './admitPlan.js'
import { carriesPlan, type DraftUpgrade } from './draftUpgrade.js'
import { leaveUnheeded } from './leaveUnheeded.js'
import type { ScheduleContext } from './ScheduleContext.js'

/** What is known when an own plan is evaluated. */
export interface OwnPlanContext extends ScheduleContext {
  readonly occupied: Occupied
}

/**
 * Applies a plan of the operator's own to the upgrades: it is scheduled, changed or refused. Voted plans take
 * precedence: an own plan that conflicts with one is refused, and one with the same content continues under the
 * proposal. A repeated call without a change has no effect.
 */
export function scheduleOwnPlan(
  own: OwnPlan,
  upgrades: ReadonlyMap<ProposalKey, Upgrade>,
  context: OwnPlanContext,
  options: ResolvedPlanOptions,
): readonly UpgradeMove[] {
  const { head, occupied } = context
  const known = upgrades.get(ownPlanKey(own.chain, own.plan.name))
  const finding: PlanFinding = { ...readPlan(own.plan), origin: 'operator' }
  const { plan } = finding
  const isSame = known !== undefined && carriesPlan(known, plan)
  // The node is already carrying it out, so nothing can be taken back.
  if (known?.status === 'in_progress') return leaveUnheeded(known, plan, head.timestamp)
  const twin = votedTwin(occupied, plan) ?? (isBack(known) ? endedTwin(upgrades.values(), plan) : undefined)
  if (twin !== undefined) return yieldTo(twin, own, known, context)
  if (isSame && isWaiting(known))
    return refuseByRival(known, conflictsWith(occupied, plan, known.key, true), head.timestamp)
  if (isSame && !mayReturn(known)) return []
  return admitPlan(wantedOf(own, { finding, known, isSame }, context, options), upgrades, context, options)
}

/**
 * Cancels an own plan that the operator has removed, also one that was refused, because the alert about it has to
 * close. If the upgrade is in progress, this is only recorded.
 */
export function withdrawOwnPlan(upgrade: Upgrade, time: bigint): readonly UpgradeMove[] {
  if (upgrade.status !== 'scheduled' && upgrade.status !== 'refused') return leaveUnheeded(upgrade, undefined, time)
  // Without this mark, a plan that is added again starts a new delay.
  const { noticedAt: _noticed, ...known } = upgrade
  return [cancel(known, 'The operator took the plan back.', time, false)]
}

/** Returns true if the plan is about to be scheduled again. */
function isBack(known: Upgrade | undefined): boolean {
  return known === undefined || mayReturn(known)
}

function isWaiting(upgrade: Upgrade): boolean {
  return upgrade.status === 'scheduled' || isBlocked(upgrade)
}

/**
 * Returns true for a cancelled plan, and for a refused one that did not come too late; the latter is evaluated again.
 */
function mayReturn({ status, scheduledAt, rivals }: Upgrade): boolean {
  if (status === 'refused') return scheduledAt === undefined || rivals !== undefined
  return status === 'cancelled'
}

/** Cancels the own plan silently, because the proposal has the same plan and people are notified about that one. */
function yieldTo(
  twin: Upgrade,
  own: OwnPlan,
  known: Upgrade | undefined,
  { head, hostTime }: OwnPlanContext,
): readonly UpgradeMove[] {
  const reason =
    twin.announced === true
      ? 'A contract announces the same upgrade: it continues under that announcement.'
      : isUnproposed(twin)
        ? 'The chain itself has scheduled the same upgrade: it continues under that plan.'
        : `Proposal ${twin.proposalId} asks for the same upgrade: it continues under that proposal.`
  if (known === undefined)
    return [cancel({ ...draftOwn(own, known, hostTime), status: 'scheduled' }, reason, head.timestamp, true)]
  return isWaiting(known) || (known.status === 'refused' && !known.reasons.includes(reason))
    ? [cancel(known, reason, head.timestamp, true)]
    : []
}

function refuseByRival(known: Upgrade, rivals: readonly Rival[], time: bigint): readonly UpgradeMove[] {
  if (rivals.length === 0) return []
  const reasons = rivals.map(({ reason }) => reason)
  const { blocked: _blocked, ...free } = withReasons(known, reasons)
  const upgrade: Upgrade = { ...free, status: 'refused', completedAt: time, rivals }
  return [{ type: 'refused', upgrade, time, silent: false, before: known }]
}

function wantedOf(
  own: OwnPlan,
  plan: Pick<WantedPlan, 'finding' | 'known' | 'isSame'>,
  { head, hostTime }: OwnPlanContext,
  options: ResolvedPlanOptions,
): WantedPlan {
  const { finding, known } = plan
  const draft = draftOwn(own, known, hostTime)
  const { noticedAt } = draft
  const waits = known?.status === 'scheduled' && known.noticedAt === noticedAt ? known : undefined
  return {
    ...plan,
    draft,
    since: { scheduledAt: waits?.scheduledAt ?? notBefore(noticedAt, head), noticedAt },
    isHeld: false,
    remarks: options.when === 'never' ? formalProblems(finding, planProblems(finding, options), { isHeld: false }) : [],
    isLongDecided: false,
  }
}

/**
 * Returns the start of the delay by the clock of the chain. It is not the time of an old last block: plans are added
 * while a chain stands still, and its next block would then end the delay at once.
 */
function notBefore(noticedAt: number, { timestamp }: Head): bigint {
  const noticed = BigInt(Math.ceil(noticedAt / 1000))
  return noticed > timestamp ? noticed : timestamp
}

/** Returns the upgrade as it is stored. It holds the plan as it was read, so that the next reading recognises it. */
function draftOwn(
  own: OwnPlan,
  known: Upgrade | undefined,
  hostTime: number,
): DraftUpgrade & Required<Pick<Upgrade, 'noticedAt'>> {
  const { chain, labels, added } = own
  const { plan } = readPlan(own.plan)
  return {
    key: ownPlanKey(chain, own.plan.name),
    chain,
    contract: '',
    proposalId: '',
    kind: 'coordinated',
    name: plan.name,
    ...defined({ height: plan.height, time: plan.time, info: plan.info, labels, addedBy: added?.by }),
    origin: 'operator',
    noticedAt: wantedSince(added, plan, known, hostTime),
    reasons: [],
    revision: (known?.revision ?? 0) + 1,
    reminded: [],
  }
}

/**
 * Returns since when the operator wants the plan: since it was added, or first seen, even if a vote prevented it from
 * being scheduled at once. A clock that was ahead when the plan was added does not lengthen the delay.
 */
function wantedSince(added: OwnPlan['added'], plan: Plan, known: Upgrade | undefined, hostTime: number): number {
  const isKnown = known !== undefined && (known.status === 'scheduled' || carriesPlan(known, plan))
  return Math.min(added?.at ?? (isKnown ? known.noticedAt : undefined) ?? hostTime, hostTime)
}

function cancel(known: Upgrade, reason: string, time: bigint, silent: boolean): UpgradeMove {
  const { blocked: _blocked, ...free } = withReasons(known, [reason])
  const upgrade: Upgrade = { ...free, status: 'cancelled', completedAt: time }
  return { type: 'cancelled', upgrade, time, silent, before: known }
}
