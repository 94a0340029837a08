import type { ReadEvent, MissedEvent } from '../PlanEvent.js'
import type { ResolvedPlanOptions } from '../planOptions.js'
import type { UpgradeBoard } from '../upgradeBoard.js'

/**
 * One rule of the planning: it finds the board as the rules before it left it, and moves it on by a caught-up reading.
 */
export type ReadRule = (board: UpgradeBoard, event: ReadEvent, options: ResolvedPlanOptions) => void

/** A rule that has something to say also while the node is silent. */
export type PollRule = (board: UpgradeBoard, event: ReadEvent | MissedEvent, options: ResolvedPlanOptions) => void
