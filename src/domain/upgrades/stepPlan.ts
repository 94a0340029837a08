import type { ProposalKey } from '../proposals/proposal.js'
import { dueUpgrades } from './dueUpgrades.js'
import { isSure } from './isStillDue.js'
import type { PlanEvent } from './PlanEvent.js'
import { askForPostCheck } from './rules/askForPostCheck.js'
import { askForPreflight } from './rules/askForPreflight.js'
import { concludeUpgrades } from './rules/concludeUpgrades.js'
import { correctDelayWarning } from './rules/correctDelayWarning.js'
import { dropBlocked } from './rules/dropBlocked.js'
import { forgetMovedFile } from './rules/forgetMovedFile.js'
import { gatherRefusals } from './rules/gatherRefusals.js'
import { holdBack } from './rules/holdBack.js'
import { joinMovedPlans } from './rules/joinMovedPlans.js'
import { keepWithinLimit } from './rules/keepWithinLimit.js'
import type { PollRule, ReadRule } from './rules/PlanRule.js'
import { recordPreSwitchEvidence } from './rules/recordPreSwitchEvidence.js'
import { refuseMissed } from './rules/refuseMissed.js'
import { remindOfHeight } from './rules/remindOfHeight.js'
import { restartDelay } from './rules/restartDelay.js'
import { scheduleOwnPlans } from './rules/scheduleOwnPlans.js'
import { scheduleProposals } from './rules/scheduleProposals.js'
import { detectHalt } from './rules/detectHalt.js'
import { detectStandstill } from './rules/detectStandstill.js'
import { tellUnready } from './rules/tellUnready.js'
import { withdrawRetracted } from './rules/withdrawRetracted.js'
import { movesToLowerPlan, yieldToLowerPlan } from './rules/yieldToLowerPlan.js'
import type { ResolvedPlanOptions } from './planOptions.js'
import { applyWriteOutcome } from './applyWriteOutcome.js'
import type { Upgrade } from './upgrade.js'
import type { UpgradeMove } from './upgradeMove.js'
import { upgradeBoard } from './upgradeBoard.js'

/** The upgrades of one chain, and the changes that the last event caused. */
export interface PlanStep {
  readonly upgrades: ReadonlyMap<ProposalKey, Upgrade>
  readonly moves: readonly UpgradeMove[]
  /** Upgrades whose file must be written now, lowest height first. Returned again until a `wrote` event answers. */
  readonly due: readonly Upgrade[]
}

export const noUpgrades: PlanStep = { upgrades: new Map(), moves: [], due: [] }

/** The rules for a caught-up reading, in this order. Each rule sees the board as the earlier rules left it. */
const readRules: readonly ReadRule[] = [
  restartDelay,
  withdrawRetracted, // Upgrades that no longer apply go first: they must not block a plan that has passed.
  forgetMovedFile,
  scheduleProposals,
  scheduleOwnPlans, // Plans decided by a vote come before the operator's own.
  refuseMissed,
  correctDelayWarning,
  holdBack,
  tellUnready,
  yieldToLowerPlan,
  dropBlocked,
  keepWithinLimit,
  joinMovedPlans, // A plan that was refused for lack of room does not count as moved.
  gatherRefusals,
  remindOfHeight,
  askForPreflight,
  askForPostCheck,
  detectHalt,
]

/** The rules that follow for every poll, whether the node answered or not. */
const pollRules: readonly PollRule[] = [recordPreSwitchEvidence, detectStandstill, concludeUpgrades]

/** Applies one event to the upgrades. The result depends on the state of the proposals, not on how they got there. */
export function stepPlan(
  { upgrades }: Pick<PlanStep, 'upgrades'>,
  event: PlanEvent,
  options: ResolvedPlanOptions,
): PlanStep {
  const board = upgradeBoard(upgrades)
  if (event.type === 'wrote') {
    board.move(applyWriteOutcome(board.get(event.outcome.key), event))
    // A lower plan may have passed while the disk was slow.
    board.move(movesToLowerPlan(board.acting, event.head))
    return { upgrades: board.all(), moves: board.moves(), due: [] }
  }
  if (event.type === 'read') for (const rule of readRules) rule(board, event, options)
  for (const rule of pollRules) rule(board, event, options)
  const due =
    event.type === 'read'
      ? dueUpgrades(board.acting, event, options).filter(({ key }) => isSure(event.proposals.get(key)))
      : []
  return { upgrades: board.all(), moves: board.moves(), due }
}
