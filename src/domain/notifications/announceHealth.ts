import type { Announcement } from '../chainState.js'
import type { Health } from '../health.js'
import type { HealthData } from './events/sourceEvents.js'
import { isTroubled } from '../stepHealth.js'
import { draftNotification } from './announcement.js'
import { isoOfMs } from '../text/time.js'

/**
 * Announces that a chain cannot be read, stands still or went back, and, once it has been well for a while, that the
 * trouble is over. Interruptions in between belong to the same trouble.
 */
export function announceHealth(from: Health, to: Health): readonly Announcement[] {
  const wasTroubled = isTroubled(from)
  if (from.trouble === undefined && !wasTroubled && to.trouble !== undefined)
    return [announceTrouble(to, to.trouble.since)]
  if ((from.trouble !== undefined || wasTroubled) && to.trouble === undefined) return [announceRecovery(from, to)]
  return []
}

function announceTrouble(health: Health, since: number): Announcement {
  return draftNotification({
    ...aboutSource(health, { since }),
    event: 'source_down',
    timestamp: isoOfMs(since),
  })
}

function announceRecovery(from: Health, to: Health): Announcement {
  const { since, upSince = to.lastGoodAt ?? to.since } = from.trouble ?? { since: from.since }
  return draftNotification({
    ...aboutSource(to, { since, upSince }),
    event: 'source_recovered',
    timestamp: isoOfMs(to.lastGoodAt ?? to.since),
  })
}

type Trouble = NonNullable<Health['trouble']>

/** The time at which a trouble began identifies the fact. */
function aboutSource(health: Health, trouble: Trouble) {
  const { chain } = health
  return { chain, subject: chain, remembered: false, fact: String(trouble.since), data: healthData(health, trouble) }
}

function healthData({ state, since, head, lastGoodAt, problem, wentBack }: Health, trouble: Trouble): HealthData {
  return {
    state,
    block: head?.number.toString() ?? null,
    since: isoOfMs(since),
    lastGoodPoll: lastGoodAt === undefined ? null : isoOfMs(lastGoodAt),
    problem: problem ?? null,
    wentBack: wentBack === true,
    troubleSince: isoOfMs(trouble.since),
    troubleUntil: trouble.upSince === undefined ? null : isoOfMs(trouble.upSince),
  }
}
