import type { Announcement } from '../chainState.js'
import { cleanLine } from '../text/text.js'
import { isoOfMs } from '../text/time.js'
import { draftNotification } from './announcement.js'
import type { Silence } from './routing.js'

const maxComment = 200

/** What people are told of a chain once a silence is over: how many notifications it held back, by event. */
export function announceSilence(
  chain: string,
  { id, comment, by, until }: Silence,
  events: Readonly<Record<string, number>>,
): Announcement {
  const counts = Object.entries(events)
  const held = counts.reduce((sum, [, count]) => sum + count, 0)
  const reason = cleanLine(comment, maxComment)
  const author = cleanLine(by, maxComment)
  return draftNotification({
    chain,
    event: 'silence_ended',
    subject: chain,
    remembered: false,
    fact: id,
    title: `${chain}: a silence is over, it held back ${held === 1 ? '1 notification' : `${held} notifications`}`,
    message: [
      `${chain}: the silence ${id} of ${author} is over: ${reason}.`,
      `It held back: ${counts.map(([event, count]) => `${count} ${event}`).join(', ')}.`,
      'They are in the inbox: read them with "govstream notifications".',
    ].join('\n'),
    timestamp: isoOfMs(until),
    data: { silence: id, comment: reason, by: author, held, events },
  })
}
