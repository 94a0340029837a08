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

/** What is known when an own plan is judged. */
export interface OwnPlanContext extends ScheduleContext {
  readonly occupied: Occupied
}

/**
 * What a plan of the operator's own does to the upgrades: it is scheduled, changed or refused. What a vote decided
 * counts before it: a plan that says otherwise is refused, and one that says the same goes on under its proposal. Asked
 * again with nothing new, it does nothing.
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
  // The node is at it: nothing is taken back any more.
  if (known?.status === 'in_progress') return leaveUnheeded(known, plan, head.timestamp)
  const twin = votedTwin(occupied, plan) ?? (isBack(known) ? endedTwin(upgrades.values(), plan) : undefined)
  if (twin !== undefined) return yieldTo(twin, own, known, context)
  if (isSame && isWaiting(known))
    return refuseByRival(known, conflictsWith(occupied, plan, known.key, true), head.timestamp)
  if (isSame && !mayReturn(known)) return []
  return admitPlan(wantedOf(own, { finding, known, isSame }, context, options), upgrades, context, options)
}

/**
 * Calls an own plan off that the operator has taken back, also one that was refused: what people were told of it is
 * over. Only noted where the node is at it.
 */
export function withdrawOwnPlan(upgrade: Upgrade, time: bigint): readonly UpgradeMove[] {
  if (upgrade.status !== 'scheduled' && upgrade.status !== 'refused') return leaveUnheeded(upgrade, undefined, time)
  // Added once more, it is new.
  const { noticedAt: _noticed, ...known } = upgrade
  return [cancel(known, 'The operator took the plan back.', time, false)]
}

/** True where it is about to be scheduled anew. */
function isBack(known: Upgrade | undefined): boolean {
  return known === undefined || mayReturn(known)
}

function isWaiting(upgrade: Upgrade): boolean {
  return upgrade.status === 'scheduled' || isBlocked(upgrade)
}

/** What was called off is back; what was refused is judged again, unless it came too late. */
function mayReturn({ status, scheduledAt, rivals }: Upgrade): boolean {
  if (status === 'refused') return scheduledAt === undefined || rivals !== undefined
  return status === 'cancelled'
}

/** The proposal has the same plan: people are told of it there. */
function yieldTo(
  twin: Upgrade,
  own: OwnPlan,
  known: Upgrade | undefined,
  { head, hostTime }: OwnPlanContext,
): readonly UpgradeMove[] {
  const reason =
    twin.announced === true
      ? 'A contract announces the same: it goes on under that announcement.'
      : isUnproposed(twin)
        ? 'The chain itself has the same scheduled: it goes on under that.'
        : `Proposal ${twin.proposalId} asks for the same: it goes on under that proposal.`
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
 * From when the delay runs by the clock of the chain: not from a last block of long before. Plans are added while a
 * chain stands still, and its next block would end the delay at once.
 */
function notBefore(noticedAt: number, { timestamp }: Head): bigint {
  const noticed = BigInt(Math.ceil(noticedAt / 1000))
  return noticed > timestamp ? noticed : timestamp
}

/** The upgrade as it is kept: with what was read of the plan, so that it is known again with the next reading. */
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
 * Since when the operator wants it: since it was added, or since its first sight, also where a vote kept it from being
 * scheduled at once. A clock that was ahead when it was added does not make the delay longer.
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
