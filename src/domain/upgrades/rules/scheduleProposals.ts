import { keyOf } from '../../proposals/proposal.js'
import type { ReadEvent } from '../PlanEvent.js'
import type { ScheduleContext } from '../schedule/ScheduleContext.js'
import { scheduleProposal } from '../schedule/scheduleProposal.js'
import type { ResolvedPlanOptions } from '../planOptions.js'
import {
  type Candidate,
  rememberSilence,
  selectCandidates,
  type VerdictBasis,
  type Verdicts,
} from '../selectCandidates.js'
import type { Upgrade } from '../upgrade.js'
import type { UpgradeBoard } from '../upgradeBoard.js'
import type { ReadRule } from './PlanRule.js'

/** Notes, schedules, changes, refuses or cancels upgrades by what the proposals are now. */
export const scheduleProposals: ReadRule = (board, event, options) => {
  // A plan that is called off frees its name and height: plans that were refused because of it are judged again.
  const taken = board.occupation()
  const takenNow = judge(board, event, options, taken)
  if (takenNow !== taken) judge(board, event, options, takenNow)
}

function judge(board: UpgradeBoard, event: ReadEvent, options: ResolvedPlanOptions, occupation: string): string {
  const basis = basisOf(event, occupation, options)
  const upgrades = board.all()
  const candidates = selectCandidates(event.proposals, upgrades, basis, verdicts)
  const context: ScheduleContext = {
    ...event,
    // Most plans are told apart from what they were before without it.
    get occupied() {
      return board.occupied()
    },
  }
  let isSilent = true
  for (const candidate of candidates) {
    const key = keyOf(candidate.proposal)
    const isCrowded = board.get(key)?.crowded === true
    if (isCrowded) board.crowded.push(candidate)
    const moves = scheduleProposal(candidate.proposal, board.all(), context, options)
    board.move(moves)
    if (moves.length === 0) rememberVerdict(candidate, basis, board.get(key))
    if (moves.length > 0 || isCrowded) isSilent = false
  }
  // Maps that this event has edited are edited in place: they can not stand for what they held a moment ago.
  if (isSilent && upgrades === board.before) rememberSilence(event.proposals, upgrades, basis)
  return candidates.length === 0 ? occupation : board.occupation()
}

/** All that a verdict on a plan depends on, beside the plan itself. */
export function basisOf(
  { head, caughtUpAt }: ReadEvent,
  occupation: string,
  options: ResolvedPlanOptions,
): VerdictBasis {
  return { occupation, head: head.number, isFirst: caughtUpAt === undefined, options }
}

/** Remembers that a proposal moved nothing, so that it is not judged again before something changes. */
export function rememberVerdict(
  { proposal, finding }: Candidate,
  basis: VerdictBasis,
  upgrade: Upgrade | undefined,
): void {
  verdicts.set(proposal, { basis, finding, upgrade })
}

// The last verdict on each proposal, and what it depended on. Only saves time: without it, the same verdict is made
// again.
const verdicts: Verdicts = new WeakMap()
