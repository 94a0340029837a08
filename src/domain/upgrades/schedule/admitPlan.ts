import { etaOf } from '../../blocks/blockTime.js'
import { isLongPast, latenessOf } from '../../blocks/lateness.js'
import { checkPlan } from '../../plans/checkPlan.js'
import { isHeldAlready, isHeldByChain, remarksOn } from '../../plans/heldPlan.js'
import type { Plan, PlanFinding } from '../../plans/plan.js'
import { validatePlan } from '../../plans/validatePlan.js'
import { keyOf, type Proposal, type ProposalKey } from '../../proposals/proposal.js'
import { durationText } from '../../text/time.js'
import { rivalIn } from '../occupied.js'
import type { ResolvedPlanOptions } from '../planOptions.js'
import type { Upgrade, UpgradeMove } from '../upgrade.js'
import { draftUpgrade } from './draftUpgrade.js'
import { isExecuted } from './proposalStage.js'
import type { ScheduleContext } from './ScheduleContext.js'

/** The plan of a proposal that passed, and the upgrade that is known of it. */
export interface PassedPlan {
  readonly proposal: Proposal
  readonly finding: PlanFinding
  readonly known: Upgrade | undefined
  /** True where the known upgrade carries this very plan. */
  readonly isSame: boolean
}

/** Schedules a plan that passed, or refuses it and says why. */
export function admitPlan(
  passed: PassedPlan,
  upgrades: ReadonlyMap<ProposalKey, Upgrade>,
  context: ScheduleContext,
  options: ResolvedPlanOptions,
): readonly UpgradeMove[] {
  const { proposal, finding } = passed
  const { head, hostTime, caughtUpAt, blockTime, occupied } = context
  const key = keyOf(proposal)
  const isHeld = isHeldByChain(proposal, finding)
  // The chain holds one plan at a time: two proposals that ask for it are one upgrade.
  if (isHeld && isHeldAlready(finding.plan, occupied, key)) return []
  const remarks = remarksOn(proposal, finding, options)
  const votedUntil = proposal.clock === 'block' && proposal.foreignClock !== true ? proposal.votingEnd : undefined
  const reasons = validatePlan(
    finding,
    { key, upgrades, occupied, head, blockTime, hostTime, caughtUpAt, votedUntil, remarks, isHeld },
    options,
  )
  return reasons.length > 0
    ? refuse(passed, { reasons, isHeld }, context, options)
    : schedule(passed, { remarks, isHeld }, context, options)
}

function refuse(
  { proposal, finding, known, isSame }: PassedPlan,
  { reasons, isHeld }: { readonly reasons: readonly string[]; readonly isHeld: boolean },
  context: ScheduleContext,
  options: ResolvedPlanOptions,
): readonly UpgradeMove[] {
  const { plan } = finding
  const { head, caughtUpAt } = context
  const time = head.timestamp
  const ended = { ...draftUpgrade(proposal, finding, known), completedAt: time, reasons }
  // A chain that holds a plan does not go past its height without carrying it out.
  const isOver = isHeld && hasHeight(plan) && BigInt(plan.height) < head.number
  if (caughtUpAt === undefined && (isOver || isLongBehind(plan, context, options)))
    return [{ type: 'past', upgrade: { ...ended, status: 'past' }, time, silent: true }]
  if (isSame && known?.status === 'refused' && known.crowded !== true) return withoutOldRivals(known, reasons, time)
  // A plan without a usable height, carried out or decided long ago, has nothing left to happen.
  const isHistory = !hasHeight(plan) && (isExecuted(proposal) || isLongDecided(proposal, context))
  const before = known !== undefined && known.status !== 'pending' ? { before: known } : {}
  return [
    {
      type: 'refused',
      upgrade: { ...ended, status: 'refused' },
      time,
      silent: caughtUpAt === undefined && isHistory,
      ...before,
    },
  ]
}

/**
 * The upgrade stays refused, and names only the rivals that are still in its way. Its other reasons stay as they were
 * told, because they are about the time of the refusal.
 */
function withoutOldRivals(known: Upgrade, found: readonly string[], time: bigint): readonly UpgradeMove[] {
  const rivals = new Set(found.flatMap((reason) => rivalIn(reason) ?? []))
  const isOld = (reason: string): boolean => {
    const rival = rivalIn(reason)
    return rival !== undefined && !rivals.has(rival)
  }
  if (!known.reasons.some(isOld)) return []
  const others = known.reasons.filter((reason) => rivalIn(reason) === undefined)
  const conflicts = found.filter((reason) => rivalIn(reason) !== undefined)
  const lasting = others.length > 0 ? others : found.filter((reason) => rivalIn(reason) === undefined)
  const upgrade: Upgrade = { ...known, reasons: [...conflicts, ...lasting] }
  return [{ type: 'refused', upgrade, time, silent: true, before: known }]
}

function schedule(
  { proposal, finding, known }: PassedPlan,
  { remarks, isHeld }: { readonly remarks: readonly string[]; readonly isHeld: boolean },
  context: ScheduleContext,
  options: ResolvedPlanOptions,
): readonly UpgradeMove[] {
  const { plan } = finding
  const time = context.head.timestamp
  const isWriting = options.when !== 'never'
  const profile = options.profile === undefined ? {} : { profile: options.profile }
  // These do not keep the plan from being scheduled, but people should look at them, such as a missing checksum.
  const warnings = [...checkPlan(plan, profile).warnings, ...(isWriting ? hurry(plan, context, options) : [])]
  const returned = known?.status === 'cancelled' ? ['It was called off before, and is back.'] : []
  const upgrade: Upgrade = {
    ...draftUpgrade(proposal, finding, known),
    ...(isHeld && { held: true }),
    ...(isWriting && remarks.length > 0 && { unwritten: true }),
    status: 'scheduled',
    scheduledAt: known?.scheduledAt ?? time,
    noticedAt: known?.noticedAt ?? context.hostTime,
    reasons: [...returned, ...remarks, ...warnings],
  }
  const scheduled: UpgradeMove =
    known?.status === 'scheduled'
      ? { type: 'rescheduled', upgrade, time, silent: false, before: known }
      : { type: 'scheduled', upgrade, time, silent: false }
  // People rely on the file, so a notification of its own tells that none will be written.
  return upgrade.unwritten === true ? [scheduled, { type: 'refused', upgrade, time, silent: false }] : [scheduled]
}

/** True where the chain has left the height far behind. */
function isLongBehind(plan: Plan, context: ScheduleContext, { lateLimit }: ResolvedPlanOptions): boolean {
  return hasHeight(plan) && isLongPast(BigInt(plan.height), context, lateLimit)
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

function hasHeight({ height }: Plan): boolean {
  return Number.isSafeInteger(height) && height > 0
}

/** Warns where `minUpgradeDelay` ends after the height: the operator can still change it in time. */
function hurry(
  { height }: Plan,
  { head, blockTime }: ScheduleContext,
  { minUpgradeDelay }: ResolvedPlanOptions,
): readonly string[] {
  const eta = blockTime === undefined ? undefined : etaOf(BigInt(height), head, blockTime)
  if (eta === undefined || Number(eta - head.timestamp) * 1000 >= minUpgradeDelay) return []
  return [
    `The height comes before minUpgradeDelay (${durationText(Math.round(minUpgradeDelay / 1000))}) is over: the file is written only then.`,
  ]
}
