import type { Announcement } from '../chainState.js'
import { cleanLine } from '../text/text.js'
import { isoOfMs } from '../text/time.js'
import { draftNotification } from './announcement.js'
import type { ChannelData } from './events/channelEvents.js'
import { needsAnnouncement, isOver, type Outage } from './outage.js'

export interface OutageMoment {
  /** The chain under which it is announced. */
  readonly chain: string
  /** True if the channel is no longer configured. @defaultValue false */
  readonly isGone?: boolean
  /** Number of notifications that wait for the channel. */
  readonly waiting: number
  /** Unix milliseconds. */
  readonly now: number
}

const maxReason = 300

/** Announces an outage of a channel: that it is down, or that it is over; each once. */
export function announceOutage(
  outage: Outage,
  { chain, isGone = false, waiting, now }: OutageMoment,
): Announcement | undefined {
  const isBack = isGone || isOver(outage, now)
  if (!isBack && !needsAnnouncement(outage, now)) return undefined
  const { channel, since, lastAt, upSince, tries, reason, status = null, pausedUntil } = outage
  const data: ChannelData = {
    channel,
    since: isoOfMs(since),
    until: isGone || upSince === undefined ? null : isoOfMs(upSince),
    tries,
    reason: cleanLine(reason, maxReason),
    status,
    waiting,
    pausedUntil: isBack || pausedUntil === undefined || pausedUntil <= now ? null : isoOfMs(pausedUntil),
  }
  const fact = { chain, subject: `${chain}/channel/${channel}`, remembered: false, fact: String(since), data }
  if (!isBack) return draftNotification({ ...fact, event: 'channel_down', timestamp: isoOfMs(lastAt) })
  const timestamp = isoOfMs(isGone ? now : (upSince ?? now))
  return draftNotification({ ...fact, event: 'channel_recovered', timestamp })
}
