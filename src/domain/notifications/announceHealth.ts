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
  const { chain, trouble } = to
  if (from.trouble === undefined && !isTroubled(from) && trouble !== undefined) {
    return [
      draftNotification({
        chain,
        event: 'source_down',
        subject: chain,
        remembered: false,
        fact: String(trouble.since),
        title:
          // Matches what govstream says of a node: `The node went back: …`.
          / went back: /.test(to.problem ?? '')
            ? `${chain} went back`
            : to.state === 'down'
              ? `${chain} cannot be read`
              : `${chain} stands still`,
        message: `${to.problem ?? 'No answer.'}\n${unseenLine(chain)}`,
        timestamp: isoOfMs(trouble.since),
        data: healthData(to),
      }),
    ]
  }
  if ((from.trouble !== undefined || isTroubled(from)) && trouble === undefined) {
    const { since, upSince = to.lastGoodAt ?? to.since } = from.trouble ?? { since: from.since }
    const lasted = Math.max(0, Math.round((upSince - since) / 1000))
    return [
      draftNotification({
        chain,
        event: 'source_recovered',
        subject: chain,
        remembered: false,
        fact: String(since),
        title: `${chain} is back`,
        message: `${chain} can be read again after ${durationText(lasted)}${to.head === undefined ? '' : `; its head is block ${to.head.number}`}.`,
        timestamp: isoOfMs(to.lastGoodAt ?? to.since),
        data: healthData(to),
      }),
    ]
  }
  return []
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
