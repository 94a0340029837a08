import type { BlockTime } from '../blocks/blockTime.js'
import {
  checkPlan,
  dueProblems,
  heightProblems,
  nameProblems,
  unkeptNames,
  unreadHeights,
  unreadName,
} from './checkPlan.js'
import { dueText, latenessAt } from './dueAt.js'
import type { Head } from '../blocks/head.js'
import { absenceOf, type ChainPace, isLongMissed, latenessOf } from '../blocks/lateness.js'
import { durationText } from '../text/time.js'
import type { Plan, PlanFinding } from './plan.js'
import { unkeptInfos } from './readPlan.js'
import type { ProposalKey } from '../proposals/proposal.js'
import type { ResolvedPlanOptions } from '../upgrades/planOptions.js'
import { conflictsWith, type Occupied, occupiedBy } from '../upgrades/occupied.js'
import type { Upgrade } from '../upgrades/upgrade.js'

export interface ValidateContext {
  readonly key: ProposalKey
  readonly upgrades: ReadonlyMap<ProposalKey, Upgrade>
  /** Index of `upgrades` by name and height, if there is one. */
  readonly occupied?: Occupied | undefined
  readonly head: Head
  readonly blockTime?: BlockTime | undefined
  /** Host time now, Unix milliseconds. */
  readonly hostTime: number
  /** The last caught-up reading before this one; absent on a first sync. */
  readonly caughtUpAt: { readonly head: bigint; readonly time: number } | undefined
  /** The last block of the vote, if it is counted in blocks. */
  readonly votedUntil?: bigint | undefined
  /** Problems that do not refuse the plan here. @defaultValue none */
  readonly remarks?: readonly string[]
  /** True if the chain itself holds the plan and thus has decided between conflicting plans. @defaultValue false */
  readonly isHeld?: boolean
  /**
   * True if the upgrade was scheduled for this plan before its proposal was reported as over or with another plan.
   * @defaultValue false
   */
  readonly isBack?: boolean
  /** True for a plan of the operator's own. @defaultValue false */
  readonly isOwn?: boolean
  /** True if a contract announced the plan without a vote. @defaultValue false */
  readonly isAnnounced?: boolean
}

/** Returns why a passed plan must not become an upgrade; empty if it may. */
export function validatePlan(
  finding: PlanFinding,
  context: ValidateContext,
  options: ResolvedPlanOptions,
): readonly string[] {
  const { key, upgrades, occupied, remarks = [], isHeld = false, isOwn = false } = context
  const problems = planProblems(finding, options).filter((problem) => !remarks.includes(problem))
  if (problems.length > 0) return problems
  const conflicts = isHeld ? [] : conflictsWith(occupied ?? occupiedBy(upgrades.values()), finding.plan, key, isOwn)
  const { plan } = finding
  return [
    ...conflicts.map(({ reason }) => reason),
    ...(plan.height === undefined ? behindTime(plan, context, options) : behind(BigInt(plan.height), context, options)),
  ]
}

/** Returns the problems of a plan itself, regardless of what else is scheduled. */
export function planProblems({ plan, problems }: PlanFinding, options: ResolvedPlanOptions): readonly string[] {
  const { strict, lenient } = splitProblems(plan, options)
  const standIns = standInProblems(problems)
  return [
    ...new Set([
      ...problems.filter((problem) => !lenient.includes(problem)),
      ...strict.filter((problem) => !standIns.includes(problem)),
    ]),
  ]
}

/** Returns the problems that concern only the 0 or the empty text used in place of an unreadable height or name. */
function standInProblems(problems: readonly string[]): readonly string[] {
  const isHeightless = problems.some((problem) => unreadHeights.includes(problem))
  return [...(isHeightless ? heightProblems(0) : []), ...(problems.includes(unreadName) ? nameProblems('') : [])]
}

function splitProblems(
  plan: PlanFinding['plan'],
  options: ResolvedPlanOptions,
): { readonly strict: readonly string[]; readonly lenient: readonly string[] } {
  const { problems } = checkPlan(plan, options.profile === undefined ? {} : { profile: options.profile })
  if (options.validationEnabled) return { strict: problems, lenient: [] }
  // Names and heights are always checked, because they determine the directory and the block.
  const { info: _info, binaries: _binaries, ...core } = plan
  const strict = checkPlan(core, options.profile === undefined ? {} : { profile: options.profile }).problems
  return { strict, lenient: problems.filter((problem) => !strict.includes(problem)) }
}

/**
 * Returns the problems that only prevent a plan from being written. If the chain itself holds the plan and its height
 * is valid, these are all problems; if nobody writes files, these are the formal ones. A hidden plan, or one of two
 * that disagree, is never accepted as our own.
 */
export function formalProblems(
  { plan }: PlanFinding,
  problems: readonly string[],
  { isHeld }: { readonly isHeld: boolean },
): readonly string[] {
  if (dueProblems(plan).length > 0) return []
  if (isHeld) return problems
  const { problems: own } = checkPlan(plan)
  const formal = [...own, ...unkeptNames, ...unkeptInfos]
  return problems.filter((problem) => formal.includes(problem))
}

/** Returns words for the moment from which a plan could become an upgrade. */
function beginning({ isOwn = false, isAnnounced = false }: Pick<ValidateContext, 'isOwn' | 'isAnnounced'>): string {
  return isOwn ? 'it was first seen' : isAnnounced ? 'it was announced' : 'the proposal passed'
}

/** Accepts a time that passed up to `lateLimit` ago. No file is written for it, so a late plan confuses nobody. */
function behindTime(
  plan: Plan,
  { head, isHeld = false, caughtUpAt }: ValidateContext,
  { lateLimit }: ResolvedPlanOptions,
): readonly string[] {
  const late = latenessAt(plan, { head }) ?? 0
  if ((isHeld && caughtUpAt !== undefined) || late <= lateLimit) return []
  return [`time already passed: ${dueText(plan)} was ${durationText(Math.round(late / 1000))} before the newest block.`]
}

/**
 * Accepts a height equal to the head, because the node may wait there for the file. A passed height is accepted if plan
 * and height both came while the monitor was away, and not longer than `lateLimit` ago unless the node still waits
 * there. The same holds for a plan that was in time and whose proposal was reported as over or with another plan,
 * perhaps by one wrong answer, when its height was reached. A height that had passed before the vote ended is never
 * accepted.
 */
function behind(
  height: bigint,
  {
    head,
    blockTime,
    hostTime,
    caughtUpAt,
    votedUntil = 0n,
    isHeld = false,
    isBack = false,
    ...source
  }: ValidateContext,
  { lateLimit }: ResolvedPlanOptions,
): readonly string[] {
  // A chain that holds a plan does not get past its height without carrying it out.
  if (height > head.number || (isHeld && caughtUpAt !== undefined)) return []
  if (height <= votedUntil)
    return [`height already passed: the plan's height ${height} was behind when the vote ended at block ${votedUntil}.`]
  if (height === head.number) return []
  if (caughtUpAt === undefined) {
    const late = latenessOf(height, { head, blockTime })
    const since =
      late === undefined ? '' : `, passed about ${durationText(Math.round(late / 1000))} before the first look`
    return [
      `height already passed: the plan's height ${height} is not ahead of the head ${head.number}${since}. govstream writes no file for it now; switch the binary by hand if the node still needs it.`,
    ]
  }
  if (isBack) return missedMeanwhile(height, { head, blockTime }, lateLimit)
  if (height <= caughtUpAt.head)
    return [
      `height already passed: the plan's height ${height} was not ahead of the head ${caughtUpAt.head} when ${beginning(source)}.`,
    ]
  const absence = { head, blockTime, hostTime, caughtUpAt }
  // A node that still waits at the height is served, however long the absence (`refuseIfMissed`).
  if (head.number <= height + 1n || !isLongMissed(height, absence, lateLimit)) return []
  const away = durationText(Math.round(absenceOf(absence) / 1000))
  return [`height already passed: height ${height} passed while govstream was away for ${away}.`]
}

function missedMeanwhile(height: bigint, pace: ChainPace, lateLimit: number): readonly string[] {
  const late = latenessOf(height, pace) ?? Infinity
  if (late <= lateLimit) return []
  const ago = late === Infinity ? '' : ` about ${durationText(Math.round(late / 1000))} ago`
  return [
    `height already passed: height ${height} came by${ago}, while the proposal was reported as over or with another plan.`,
  ]
}
