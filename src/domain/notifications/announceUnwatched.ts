import { isoOfMs } from '../text/time.js'
import { draftNotification } from './announcement.js'
import type { Notification } from './notification.js'
import { shownAsEnded } from './stepEdits.js'

const factOfUnwatched = 'unwatched.'

/**
 * Returns the notification that closes what was posted about a subject of a chain that is not watched any more. It is
 * only shown in what was posted, and is in no inbox. `time` is host time in Unix milliseconds.
 *
 * @param title - The title of what was posted. @defaultValue that of an end of the trouble of a chain
 */
export function announceUnwatched(
  subject: string,
  { title, time }: { readonly title?: string | undefined; readonly time: number },
): Notification {
  const [chain = subject] = subject.split('/')
  const timestamp = isoOfMs(time)
  const { notification } = draftNotification({
    event: 'source_recovered',
    chain,
    subject,
    timestamp,
    remembered: false,
    fact: `${factOfUnwatched}${time}`,
    data: {
      state: 'down',
      block: null,
      since: timestamp,
      lastGoodPoll: null,
      problem: null,
      wentBack: false,
      troubleSince: timestamp,
      troubleUntil: null,
      unwatched: true,
    },
  })
  return title === undefined ? notification : { ...notification, title }
}

/**
 * What is stored as shown while a post is closed because its chain is not watched any more, or opened again. If nothing
 * follows, because a reload or a crash came between, it may be either: it is closed or opened again, as its chain is
 * watched or not.
 */
export const shownWhileChanging = `uncertain:${factOfUnwatched}`

/** Returns true if what was posted shows that its chain is not watched any more, or may show it. */
export function isShownAsUnwatched(shown: string): boolean {
  return (
    shown.startsWith(shownWhileChanging) || (shown.startsWith(shownAsEnded) && shown.includes(`:${factOfUnwatched}`))
  )
}
