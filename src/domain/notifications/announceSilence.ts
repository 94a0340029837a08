import type { Announcement } from '../chainState.js'
import { cleanLine } from '../text/text.js'
import { isoOfMs } from '../text/time.js'
import { draftNotification } from './announcement.js'
import type { Silence } from './routing.js'

const maxComment = 200

/** Announces the end of a silence for a chain, and how many notifications it held back, by event. */
export function announceSilence(
  chain: string,
  { id, comment, by, until }: Silence,
  events: Readonly<Record<string, number>>,
): Announcement {
  return draftNotification({
    chain,
    event: 'silence_ended',
    subject: chain,
    remembered: false,
    fact: id,
    timestamp: isoOfMs(until),
    data: {
      silence: id,
      comment: cleanLine(comment, maxComment),
      by: cleanLine(by, maxComment),
      held: Object.values(events).reduce((sum, count) => sum + count, 0),
      events,
    },
  })
}
