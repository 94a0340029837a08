import type { Announcement } from '../../domain/chainState.js'
import { announceOutage } from '../../domain/notifications/announceOutage.js'
import { type AnnounceOptions, asConfigured } from '../../domain/notifications/announcement.js'
import { needsAnnouncement, isOver, type Outage } from '../../domain/notifications/outage.js'
import { isUnwritable } from '../../store/isUnwritable.js'
import type { Store } from '../../store/Store.js'
import { type Stage, stage } from '../../streams/stage.js'

export interface AnnounceOutagesOptions extends AnnounceOptions {
  readonly store: Pick<Store, 'outages' | 'waitingFor'>
  /** Names of the configured handlers. */
  readonly channels: Pick<ReadonlySet<string>, 'has'>
  /** True for a chain whose outages are announced with the turns of this chain. */
  readonly announcesFor: (chain: string) => boolean
}

/**
 * Announces with the next turn of a chain that a channel does not accept its notifications, and later that it does
 * again or is no longer configured. Each is announced once for each outage; the commit of the turn records that.
 */
export function announceOutages({ store, channels, announcesFor, ...options }: AnnounceOutagesOptions): Stage {
  return stage('announceOutages', (draft) => {
    const { chain } = draft.state
    const isGone = ({ channel }: Outage): boolean => !channels.has(channel)
    const announcements = outagesIn(store)
      .filter((outage) => announcesFor(outage.chain))
      // Most ongoing outages are already announced. Waiting notifications are counted only for the others.
      .filter((outage) =>
        isGone(outage) ? outage.isTold : needsAnnouncement(outage, draft.time) || isOver(outage, draft.time),
      )
      .flatMap((outage): readonly Announcement[] => {
        const waiting = store.waitingFor(outage.channel)
        const announcement = announceOutage(outage, { chain, isGone: isGone(outage), waiting, now: draft.time })
        return announcement === undefined ? [] : [asConfigured(announcement, options)]
      })
    return announcements.length === 0 ? draft : { ...draft, announcements: [...draft.announcements, ...announcements] }
  })
}

/** If the state cannot be written, the outages are announced with the next turn. */
function outagesIn(store: Pick<Store, 'outages'>): readonly Outage[] {
  try {
    return store.outages()
  } catch (cause) {
    if (isUnwritable(cause)) return []
    throw cause
  }
}
