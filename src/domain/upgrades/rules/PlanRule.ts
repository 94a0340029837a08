import type { ReadEvent, MissedEvent } from '../PlanEvent.js'
import type { ResolvedPlanOptions } from '../planOptions.js'
import type { UpgradeBoard } from '../upgradeBoard.js'

/**
 * A rule of the planning that applies a caught-up reading to the board. It sees the board as the earlier rules left it.
 */
export type ReadRule = (board: UpgradeBoard, event: ReadEvent, options: ResolvedPlanOptions) => void

/** A rule that also applies while the node does not answer. */
export type PollRule = (board: UpgradeBoard, event: ReadEvent | MissedEvent, options: ResolvedPlanOptions) => void
