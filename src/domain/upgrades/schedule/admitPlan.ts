import { defined } from '../../defined.js'
import { checkPlan, dueProblems } from '../../plans/checkPlan.js'
import { isLongPast, isPassed } from '../../plans/dueAt.js'
import { isHeldAlready } from '../../plans/heldPlan.js'
import type { Plan, PlanFinding } from '../../plans/plan.js'
import { validatePlan } from '../../plans/validatePlan.js'
import type { ProposalKey } from '../../proposals/proposal.js'
import { isSamePlan } from '../formerPlans.js'
import { conflictsWith, occupiedBy } from '../occupied.js'
import type { ResolvedPlanOptions } from '../planOptions.js'
import { type FormerPlan, isOwn, type Rival, type Upgrade, withReasons } from '../upgrade.js'
import type { UpgradeMove } from '../upgradeMove.js'
import { delayWarnings } from './delayWarnings.js'
import { carriesPlan, type DraftUpgrade } from './draftUpgrade.js'
import type { ScheduleContext } from './ScheduleContext.js'

/** A plan that may become an upgrade, and what is known about it. */
export interface WantedPlan {
  readonly finding: PlanFinding
  readonly known: Upgrade | undefined
  /** True if the known upgrade has this same plan. */
  readonly isSame: boolean
  /** The upgrade of an own plan with the same name and height, which continues under this one. */
  readonly twin?: Upgrade | undefined
  /** Set if the upgrade was already scheduled for this name and height, before a cancellation or another plan. */
  readonly former?: FormerPlan
  /** The upgrade that the plan would become. */
  readonly draft: DraftUpgrade
  /** Start of the delay before the writing, by the clock of the chain and by that of the host. */
  readonly since: { readonly scheduledAt: bigint; readonly noticedAt: number }
  /** True if the chain itself holds the plan. */
  readonly isHeld: boolean
  /** Problems of the plan that only prevent its file from being written. */
  readonly remarks: readonly string[]
  /** The last block of its vote, if the vote is counted in blocks. */
  readonly votedUntil?: bigint | undefined
  /** True if its proposal was executed, or its vote ended long ago. */
  readonly isLongDecided: boolean
}

/** Schedules a wanted plan, or refuses it and says why. */
export function admitPlan(
  wanted: WantedPlan,
  upgrades: ReadonlyMap<ProposalKey, Upgrade>,
  context: ScheduleContext,
  options: ResolvedPlanOptions,
): readonly UpgradeMove[] {
  const { finding, former, draft, isHeld, remarks, votedUntil } = wanted
  const { head, hostTime, caughtUpAt, blockTime, occupied } = context
  const { key } = draft
  // The chain holds one plan at a time, so two proposals for the same plan are one upgrade.
  if (isHeld && isHeldAlready(finding.plan, occupied, key)) return []
  const reasons = validatePlan(
    finding,
    {
      key,
      upgrades,
      occupied,
      head,
      blockTime,
      hostTime,
      caughtUpAt,
      votedUntil,
      remarks,
      isHeld,
      isBack: former !== undefined,
      isOwn: isOwn(draft),
      isAnnounced: draft.announced === true,
    },
    options,
  )
  if (reasons.length === 0) return schedule(wanted, context, options)
  const conflicts = conflictsWith(occupied ?? occupiedBy(upgrades.values()), finding.plan, key, isOwn(draft))
  const rivals = conflicts.filter(({ reason }) => reasons.includes(reason))
  return refuse(wanted, { reasons, rivals }, context, options)
}

/** Why a plan is refused. `rivals` are the upgrades that conflict with it; their reasons are part of `reasons`. */
interface Objections {
  readonly reasons: readonly string[]
  readonly rivals: readonly Rival[]
}

function refuse(
  { finding: { plan }, known, isSame, draft, isHeld, isLongDecided }: WantedPlan,
  objections: Objections,
  context: ScheduleContext,
  options: ResolvedPlanOptions,
): readonly UpgradeMove[] {
  const { head, caughtUpAt } = context
  const time = head.timestamp
  const { reasons, rivals } = objections
  const ended = { ...draft, completedAt: time, reasons, ...(rivals.length > 0 && { rivals }) }
  // A chain that holds a plan does not get past its height without carrying it out.
  const isOver = isHeld && isUsable(plan) && isPassed(plan, head)
  if (caughtUpAt === undefined && (isOver || isLongBehind(plan, context, options)))
    return [{ type: 'past', upgrade: { ...ended, status: 'past' }, time, silent: true }]
  if (isSame && known?.status === 'refused' && known.crowded !== true) return withoutOldRivals(known, objections, time)
  // A plan without a usable height whose proposal was executed or decided long ago has no further effect.
  const isHistory = !isUsable(plan) && isLongDecided
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
 * Keeps the upgrade refused and names only the rivals that still conflict with it. Its other reasons stay as announced,
 * because they describe the time of the refusal.
 */
function withoutOldRivals(known: Upgrade, { reasons, rivals }: Objections, time: bigint): readonly UpgradeMove[] {
  const before = known.rivals ?? []
  if (before.every(({ key }) => rivals.some((rival) => rival.key === key))) return []
  const others = apartFrom(before, known.reasons)
  const lasting = others.length > 0 ? others : apartFrom(rivals, reasons)
  const upgrade: Upgrade = {
    ...withReasons(known, [...rivals.map(({ reason }) => reason), ...lasting]),
    ...(rivals.length > 0 && { rivals }),
  }
  return [{ type: 'refused', upgrade, time, silent: true, before: known }]
}

/** Returns the reasons that are not about a rival. */
function apartFrom(rivals: readonly Rival[], reasons: readonly string[]): readonly string[] {
  return reasons.filter((reason) => !rivals.some((rival) => rival.reason === reason))
}

function schedule(
  { finding: { plan }, known, draft, since, isHeld, remarks, twin }: WantedPlan,
  context: ScheduleContext,
  options: ResolvedPlanOptions,
): readonly UpgradeMove[] {
  const time = context.head.timestamp
  const isWriting = options.when !== 'never'
  const profile = options.profile === undefined ? {} : { profile: options.profile }
  // These do not prevent scheduling, but people should look at them, for example at a missing checksum.
  const warnings = [
    ...checkPlan(plan, profile).warnings,
    ...(isWriting ? delayWarnings(plan, since, context, options) : isOwn(draft) ? [unwrittenByAnybody] : []),
  ]
  const upgrade: Upgrade = {
    ...draft,
    ...(twin?.status === 'scheduled' && inherited(twin, plan)),
    ...(isHeld && { held: true }),
    ...(isWriting && remarks.length > 0 && { unwritten: true }),
    status: 'scheduled',
    ...since,
    reasons: [...returnOf(known, plan), ...remarks, ...warnings],
  }
  const scheduled: UpgradeMove =
    known?.status === 'scheduled'
      ? { type: 'rescheduled', upgrade, time, silent: false, before: known }
      : { type: 'scheduled', upgrade, time, silent: false, ...(twin !== undefined && { follows: twin.key }) }
  // People rely on the file, so a separate notification says that none will be written.
  return upgrade.unwritten === true ? [scheduled, { type: 'refused', upgrade, time, silent: false }] : [scheduled]
}

/** Says that a plan which was given up has come back. */
function returnOf(known: Upgrade | undefined, plan: Plan): readonly string[] {
  if (known?.status === 'cancelled') return ['It was cancelled before, and is back.']
  const isFormer = known?.formerPlans?.some((one) => isSamePlan(one, plan)) === true
  return isFormer ? ['The proposal was reported with another plan meanwhile. This is its former plan.'] : []
}

/** Keeps what was already done for the same plan. If the `info` differs, checks and writing are done again. */
function inherited(twin: Upgrade, plan: Plan): Partial<Upgrade> {
  const { reminded, evidence, preflight, writtenAt, fileMark, hook } = twin
  return {
    reminded,
    ...defined({ evidence }),
    ...(carriesPlan(twin, plan) && defined({ preflight, writtenAt, fileMark, hook })),
  }
}

// A Cosmos node writes the file only for a plan that its chain holds.
const unwrittenByAnybody =
  'No file is written here (upgradeInfo.when is never), and no node writes one for a plan of your own: set upgradeInfo.when, or prepare the switch by hand.'

/** Returns true if the chain has passed the height long ago. */
function isLongBehind(plan: Plan, context: ScheduleContext, { lateLimit }: ResolvedPlanOptions): boolean {
  return isUsable(plan) && isLongPast(plan, context, lateLimit)
}

/** Returns true if the plan has a valid height or time. */
function isUsable(plan: Plan): boolean {
  return dueProblems(plan).length === 0
}
