import type { Announcement } from '../chainState.js'
import { draftNotification } from './announcement.js'
import { isoOfMs } from '../text/time.js'

/** A state file that was damaged and moved aside. */
export interface RebuiltState {
  /** Where the damaged file is now. */
  readonly movedTo: string
  /** What was wrong with it. */
  readonly problem: string
}

/** Announces that the state of a chain was damaged and is read again. `time` is Unix milliseconds. */
export function announceRebuilt(chain: string, { movedTo, problem }: RebuiltState, time: number): Announcement {
  return draftNotification({
    chain,
    event: 'state_rebuilt',
    subject: chain,
    remembered: false,
    fact: movedTo.slice(movedTo.lastIndexOf('/') + 1),
    timestamp: isoOfMs(time),
    data: { movedTo, problem },
  })
}
