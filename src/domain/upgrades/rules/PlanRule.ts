import type { ReadEvent, MissedEvent } from '../PlanEvent.js'
import type { Scheduling } from '../scheduling.js'
import type { UpgradeBoard } from '../upgradeBoard.js'

/**
 * One rule of the planning: it finds the board as the rules before it left it, and moves it on by a caught-up reading.
 */
export type ReadRule = (board: UpgradeBoard, event: ReadEvent, options: Scheduling) => void

/** A rule that has something to say also while the node is silent. */
export type PollRule = (board: UpgradeBoard, event: ReadEvent | MissedEvent, options: Scheduling) => void
