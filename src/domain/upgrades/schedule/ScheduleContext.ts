import type { BlockTime } from '../../blocks/blockTime.js'
import type { Head } from '../../blocks/head.js'
import type { Occupied } from '../occupied.js'

/** What is known about the chain when a proposal is scheduled. */
export interface ScheduleContext {
  readonly head: Head
  /** Host clock, Unix milliseconds. */
  readonly hostTime: number
  /** The version that the operator's own node reports. */
  readonly nodeVersion?: string
  /** The last caught-up reading before this one; absent on a first sync. */
  readonly caughtUpAt?: { readonly head: bigint; readonly time: number }
  readonly blockTime?: BlockTime
  /** Index of the upgrades by name and height, if there is one. */
  readonly occupied?: Occupied
}
