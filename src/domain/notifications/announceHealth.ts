import type { Announcement } from '../chainState.js'
import type { Health } from '../health.js'
import type { HealthData } from './notificationData.js'
import { isTroubled } from '../stepHealth.js'
import { draftNotification } from './announcement.js'
import { unseenLine } from './operationTexts.js'
import { durationText, isoOfMs } from '../text/time.js'

/**
 * What a move of the health has to say: that a chain is out of reach, stands still or went back, and that it is over,
 * once it has stayed so. What comes and goes in between is the same trouble.
 */
export function announceHealth(from: Health, to: Health): readonly Announcement[] {
  const wasTroubled = isTroubled(from)
  if (from.trouble === undefined && !wasTroubled && to.trouble !== undefined)
    return [announceTrouble(to, to.trouble.since)]
  if ((from.trouble !== undefined || wasTroubled) && to.trouble === undefined) return [announceRecovery(from, to)]
  return []
}

function announceTrouble(health: Health, since: number): Announcement {
  const { chain, problem = 'No answer.' } = health
  return draftNotification({
    ...aboutSource(health, since),
    event: 'source_down',
    title: `${chain} ${troubleText(health)}`,
    message: `${problem}\n${unseenLine(chain)}`,
    timestamp: isoOfMs(since),
  })
}

function troubleText({ state, wentBack }: Health): string {
  if (wentBack === true) return 'went back'
  return state === 'down' ? 'cannot be read' : 'stands still'
}

function announceRecovery(from: Health, to: Health): Announcement {
  const { chain, head } = to
  const { since, upSince = to.lastGoodAt ?? to.since } = from.trouble ?? { since: from.since }
  const lasted = Math.max(0, Math.round((upSince - since) / 1000))
  const stand = head === undefined ? '' : `; its head is block ${head.number}`
  return draftNotification({
    ...aboutSource(to, since),
    event: 'source_recovered',
    title: `${chain} is back`,
    message: `${chain} can be read again after ${durationText(lasted)}${stand}.`,
    timestamp: isoOfMs(to.lastGoodAt ?? to.since),
  })
}

/** The moment at which a trouble began makes the fact. */
function aboutSource(health: Health, since: number) {
  const { chain } = health
  return { chain, subject: chain, remembered: false, fact: String(since), data: healthData(health) }
}

function healthData({ state, since, head, lastGoodAt, problem }: Health): HealthData {
  return {
    state,
    block: head?.number.toString() ?? null,
    since: isoOfMs(since),
    lastGoodPoll: lastGoodAt === undefined ? null : isoOfMs(lastGoodAt),
    problem: problem ?? null,
  }
}
