import type { Announcement } from '../chainState.js'
import { draftNotification } from './announcement.js'
import { isoOfMs } from '../text/time.js'

/** A state file that was damaged and moved aside. */
export interface RebuiltState {
  /** Where the damaged file lies now. */
  readonly movedTo: string
  /** What was wrong with it. */
  readonly problem: string
}

/** What people are told of a chain whose state was damaged and is read anew. `time` is Unix milliseconds. */
export function announceRebuilt(chain: string, { movedTo, problem }: RebuiltState, time: number): Announcement {
  return draftNotification({
    chain,
    event: 'state_rebuilt',
    subject: chain,
    remembered: false,
    fact: movedTo.slice(movedTo.lastIndexOf('/') + 1),
    title: `${chain}: the state was damaged and is read anew`,
    message: [
      `The state file was damaged: ${problem}.`,
      `It was moved to ${movedTo}. ${chain} is read from the chain again: what is open is announced once more, and what waited to be sent is lost.`,
      'Look at the disk: a file does not break by itself.',
    ].join('\n'),
    timestamp: isoOfMs(time),
    data: { movedTo, problem },
  })
}
