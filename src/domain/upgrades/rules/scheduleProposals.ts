import { keyOf } from '../../proposals/proposal.js'
import type { ReadEvent } from '../PlanEvent.js'
import type { ScheduleContext } from '../schedule/ScheduleContext.js'
import { scheduleProposal } from '../schedule/scheduleProposal.js'
import type { ResolvedPlanOptions } from '../planOptions.js'
import {
  type Candidate,
  isGivenUp,
  rememberUnchanged,
  selectCandidates,
  type VerdictBasis,
  type Verdicts,
} from '../selectCandidates.js'
import type { Upgrade } from '../upgrade.js'
import type { UpgradeBoard } from '../upgradeBoard.js'
import type { ReadRule } from './PlanRule.js'

/** Notes, schedules, changes, refuses or cancels upgrades according to the present state of the proposals. */
export const scheduleProposals: ReadRule = (board, event, options) => {
  // A plan that is given up frees its name and height, so plans that were refused because of it are evaluated again.
  let taken = board.occupation()
  for (let pass = 0; pass < mostPasses; pass += 1) {
    const takenNow = judge(board, event, options, taken)
    if (takenNow === taken) return
    taken = takenNow
  }
}

// One for the plans that are given up, one for those that follow, and one for what these have changed.
const mostPasses = 3

function judge(board: UpgradeBoard, event: ReadEvent, options: ResolvedPlanOptions, occupation: string): string {
  const basis = basisOf(event, occupation, options)
  const upgrades = board.all()
  const candidates = selectCandidates(event.proposals, upgrades, basis, verdicts)
  const context: ScheduleContext = {
    ...event,
    // A getter, because most proposals are found unchanged without the index.
    get occupied() {
      return board.occupied()
    },
  }
  const firstToTake = candidates.findIndex((candidate) => !isGivenUp(candidate))
  let isSilent = true
  for (const [index, candidate] of candidates.entries()) {
    // What was freed goes to the first of all that were refused because of it, not to the first that has changed.
    if (index === firstToTake && board.occupation() !== occupation) break
    const key = keyOf(candidate.proposal)
    const isCrowded = board.get(key)?.crowded === true
    if (isCrowded) board.crowded.push(candidate)
    const moves = scheduleProposal(candidate.proposal, board.all(), context, options)
    board.move(moves)
    if (moves.length === 0) rememberVerdict(candidate, basis, board.get(key))
    if (moves.length > 0 || isCrowded) isSilent = false
  }
  // Maps that this event has edited are edited in place, so they cannot stand for their earlier content.
  if (isSilent && upgrades === board.before) rememberUnchanged(event.proposals, upgrades, basis)
  return candidates.length === 0 ? occupation : board.occupation()
}

/** Returns everything that the evaluation of a plan depends on, beside the plan itself. */
export function basisOf(
  { head, caughtUpAt }: ReadEvent,
  occupation: string,
  options: ResolvedPlanOptions,
): VerdictBasis {
  return { occupation, head: head.number, isFirst: caughtUpAt === undefined, options }
}

/** Remembers that a proposal changed nothing, so that it is not evaluated again before something changes. */
export function rememberVerdict(
  { proposal, finding }: Candidate,
  basis: VerdictBasis,
  upgrade: Upgrade | undefined,
): void {
  verdicts.set(proposal, { basis, finding, upgrade })
}

// The last verdict on each proposal, and what it depended on. This is only a cache: without it, the same verdict is
// reached again.
const verdicts: Verdicts = new WeakMap()
