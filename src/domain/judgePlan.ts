import type { BlockTime } from './blockTime.js'
import { checkPlan, heightProblems, nameProblems, unreadHeights, unreadName } from './checkPlan.js'
import type { Head } from './head.js'
import { latenessOf } from './lateness.js'
import { durationText } from './time.js'
import type { PlanFinding } from './plan.js'
import type { ProposalKey } from './proposal.js'
import type { Scheduling } from './scheduling.js'
import { isLive } from './queueOf.js'
import { isBlocked, type Upgrade } from './upgrade.js'

export interface JudgeContext {
  readonly key: ProposalKey
  readonly upgrades: ReadonlyMap<ProposalKey, Upgrade>
  readonly head: Head
  readonly blockTime?: BlockTime | undefined
  /** Host time now, Unix milliseconds. */
  readonly hostTime: number
  /** The last reading before this one that had caught up; absent on a first sync. */
  readonly watched: { readonly head: bigint; readonly time: number } | undefined
  /** The last block of the vote, where it is counted in blocks. */
  readonly votedUntil?: bigint | undefined
}

/** Why a plan that passed must not become an upgrade; empty where it may. */
export function judgePlan(finding: PlanFinding, context: JudgeContext, options: Scheduling): readonly string[] {
  const problems = planProblems(finding, options)
  if (problems.length > 0) return problems
  return [...conflicts(finding.plan, context), ...behind(BigInt(finding.plan.height), context, options)]
}

/** What is wrong with a plan by itself, whatever else is scheduled. */
export function planProblems({ plan, problems }: PlanFinding, options: Scheduling): readonly string[] {
  const { strict, lenient } = splitProblems(plan, options)
  const standIns = standInProblems(problems)
  return [...new Set([...problems.filter((problem) => !lenient.includes(problem)), ...strict.filter((problem) => !standIns.includes(problem))])]
}

/** What is only wrong with the 0 or the empty text that stands where no height or name could be read. */
function standInProblems(problems: readonly string[]): readonly string[] {
  const isHeightless = problems.some((problem) => unreadHeights.includes(problem))
  return [...(isHeightless ? heightProblems(0) : []), ...(problems.includes(unreadName) ? nameProblems('') : [])]
}

function splitProblems(plan: PlanFinding['plan'], options: Scheduling): { readonly strict: readonly string[]; readonly lenient: readonly string[] } {
  const { problems } = checkPlan(plan, options.profile === undefined ? {} : { profile: options.profile })
  if (options.validationEnabled) return { strict: problems, lenient: [] }
  // Names and heights stay checked: they decide which directory and which block.
  const { info: _info, binaries: _binaries, ...core } = plan
  const strict = checkPlan(core, options.profile === undefined ? {} : { profile: options.profile }).problems
  return { strict, lenient: problems.filter((problem) => !strict.includes(problem)) }
}

function conflicts(plan: PlanFinding['plan'], { key, upgrades }: JudgeContext): readonly string[] {
  return [...upgrades.values()].flatMap((other) => {
    if (other.key === key) return []
    const live = isLive(other) || isBlocked(other)
    if (other.name === plan.name && (live || other.status === 'completed')) {
      return [`Proposal ${other.proposalId} already has an upgrade named ${other.name} (${other.status}, height ${other.height}).`]
    }
    if (other.height === plan.height && live) {
      return [`Proposal ${other.proposalId} already has the upgrade ${other.name} at height ${other.height}.`]
    }
    return []
  })
}

/**
 * A height that is behind is taken where nobody could have seen plan and height before: on the first look at a chain
 * that stands at that very height, for its node may wait there for the file; or where plan and height came while the
 * monitor was away, not for longer than `lateLimit`. A plan for a height that was behind when its vote ended never is.
 */
function behind(height: bigint, { head, blockTime, hostTime, watched, votedUntil = 0n }: JudgeContext, { lateLimit }: Scheduling): readonly string[] {
  if (height > head.number) return []
  if (height <= votedUntil) return [`height already passed: the plan's height ${height} was behind when the vote ended at block ${votedUntil}.`]
  if (watched === undefined) {
    if (height === head.number) return []
    const late = latenessOf(height, { head, blockTime })
    const since = late === undefined ? '' : `, passed about ${durationText(Math.round(late / 1000))} before the first look`
    return [`height already passed: the plan's height ${height} is not ahead of the head ${head.number}${since}. No file was written; switch the binary by hand if the node still needs it.`]
  }
  if (height <= watched.head) return [`height already passed: the plan's height ${height} was not ahead of the head ${watched.head} when the proposal passed.`]
  const away = hostTime - watched.time
  if (away <= lateLimit) return []
  return [`height already passed: height ${height} came by while govstream was away for ${durationText(Math.round(away / 1000))}.`]
}
