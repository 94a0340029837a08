import { keyOf } from '../../proposals/proposal.js'
import type { ReadEvent } from '../PlanEvent.js'
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
  // What is called off leaves its place to one that was refused because of it.
  const taken = board.occupation()
  const takenNow = judge(board, event, options, taken)
  if (takenNow !== taken) judge(board, event, options, takenNow)
}

function judge(board: UpgradeBoard, event: ReadEvent, options: ResolvedPlanOptions, occupation: string): string {
  const basis = basisOf(event, occupation, options)
  const upgrades = board.all()
  const candidates = selectCandidates(event.proposals, upgrades, basis, verdicts)
  let isSilent = true
  for (const candidate of candidates) {
    const key = keyOf(candidate.proposal)
    const isCrowded = board.get(key)?.crowded === true
    if (isCrowded) board.crowded.push(candidate)
    const moves = scheduleProposal(candidate.proposal, board.all(), { ...event, occupied: board.occupied() }, options)
    board.move(moves)
    if (moves.length === 0) rememberVerdict(candidate, basis, board.get(key))
    if (moves.length > 0 || isCrowded) isSilent = false
  }
  // What this event has edited already it may edit on.
  if (isSilent && upgrades === board.before) rememberSilence(event.proposals, upgrades, basis)
  return candidates.length === 0 ? occupation : board.occupation()
}

/** What verdicts on the plans of a reading rest on. */
export function basisOf(
  { head, caughtUpAt }: ReadEvent,
  occupation: string,
  options: ResolvedPlanOptions,
): VerdictBasis {
  return { occupation, head: head.number, isFirst: caughtUpAt === undefined, options }
}

/** Keeps that a proposal had nothing to say, so that it is not asked again before something changes. */
export function rememberVerdict(
  { proposal, finding }: Candidate,
  basis: VerdictBasis,
  upgrade: Upgrade | undefined,
): void {
  verdicts.set(proposal, { ...basis, finding, upgrade })
}

// What each proposal came to, and by what: a verdict that nothing can have changed is not asked for again. It may be
// lost at any time, for it is no more than a saving.
const verdicts: Verdicts = new WeakMap()
