import type { Announcement } from '../chainState.js'
import { cleanLine } from '../text/text.js'
import { durationText, isoOfMs } from '../text/time.js'
import { announcementOf } from './announcement.js'
import type { ChannelData } from './notificationData.js'
import { isNews, isOver, type Outage } from './outage.js'

export interface OutageMoment {
  /** The chain that tells of it. */
  readonly chain: string
  /** It is configured no more. @defaultValue it is */
  readonly isGone?: boolean
  /** How many notifications wait for the channel. */
  readonly waiting: number
  /** Unix milliseconds. */
  readonly now: number
}

const maxName = 100
const maxReason = 300

/** What the outage of a channel has to say: that it is down, or that it is over; each once. */
export function announceOutage(
  outage: Outage,
  { chain, isGone = false, waiting, now }: OutageMoment,
): Announcement | undefined {
  const isBack = isGone || isOver(outage, now)
  if (!isBack && !isNews(outage, now)) return undefined
  const { channel, since, lastAt, upSince, tries, reason, status = null } = outage
  const name = cleanLine(channel, maxName)
  const data: ChannelData = {
    channel,
    since: isoOfMs(since),
    until: isGone || upSince === undefined ? null : isoOfMs(upSince),
    tries,
    reason: cleanLine(reason, maxReason),
    status,
    waiting,
  }
  const fact = { subject: `${chain}/channel/${channel}`, remembered: false, fact: String(since) }
  if (isBack) {
    const title = isGone ? `Notifications go to ${name} no more` : `Notifications reach ${name} again`
    const timestamp = isoOfMs(isGone ? now : (upSince ?? now))
    return announcementOf(
      { chain, event: 'channel_recovered', title, message: recoveredText(data), timestamp, data },
      fact,
    )
  }
  const title = `Notifications do not reach ${name}`
  const message = `${name} takes no notifications: ${data.reason}\n${waitingText(waiting)}`
  return announcementOf({ chain, event: 'channel_down', title, message, timestamp: isoOfMs(lastAt), data }, fact)
}

/** How an outage ended: with a try that succeeded, or with the channel, which has no end of its outage then. */
export function recoveredText({ channel, since, until }: ChannelData): string {
  const name = cleanLine(channel, maxName)
  return until === null
    ? `${name} took no notifications, and is configured no more.`
    : `${name} takes notifications again, after ${durationText(lasted(Date.parse(since), Date.parse(until)))}.`
}

/** What becomes of those that the channel did not take. */
export function waitingText(waiting: number): string {
  const waits =
    waiting === 0
      ? ''
      : `${waiting === 1 ? '1 notification waits' : `${waiting} notifications wait`} for it and ${waiting === 1 ? 'is' : 'are'} tried again. `
  return `${waits}What was given up is under "govstream notifications --failed", and is sent again with "--resend all".`
}

/** Seconds. */
function lasted(since: number, until: number): number {
  return Math.max(0, Math.round((until - since) / 1000))
}
