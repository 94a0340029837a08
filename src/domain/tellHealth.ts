import type { Telling } from './chainState.js'
import type { Health } from './health.js'
import type { HealthData } from './notificationData.js'
import { isTroubled } from './stepHealth.js'
import { telling } from './telling.js'
import { durationText, isoOfMs } from './time.js'

/** What a move of the health has to say: that a chain is out of reach or stands still, and that it is back. */
export function tellHealth(from: Health, to: Health): readonly Telling[] {
  const { chain } = to
  if (!isTroubled(from) && isTroubled(to)) {
    return [telling({
      chain,
      event: 'source_down',
      subject: chain,
      remembered: false,
      fact: String(to.since),
      title: to.state === 'stalled' ? `${chain} stands still` : `${chain} cannot be read`,
      message: `${to.problem ?? 'No answer.'}\nUpgrades of ${chain} are not seen until this is over.`,
      timestamp: isoOfMs(to.since),
      data: healthData(to),
    })]
  }
  if (isTroubled(from) && !isTroubled(to)) {
    const lasted = Math.max(0, Math.round((to.since - from.since) / 1000))
    return [telling({
      chain,
      event: 'source_recovered',
      subject: chain,
      remembered: false,
      fact: String(to.since),
      title: `${chain} is back`,
      message: `${chain} can be read again after ${durationText(lasted)}${to.head === undefined ? '' : `; its head is block ${to.head.number}`}.`,
      timestamp: isoOfMs(to.since),
      data: healthData(to),
    })]
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
