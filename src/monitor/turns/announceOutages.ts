import type { Announcement } from '../../domain/chainState.js'
import { announceOutage } from '../../domain/notifications/announceOutage.js'
import { type AnnounceOptions, asConfigured } from '../../domain/notifications/announcement.js'
import { isNews, isOver, type Outage } from '../../domain/notifications/outage.js'
import { isBusy } from '../../store/isBusy.js'
import type { Store } from '../../store/Store.js'
import { type Stage, stage } from '../../streams/stage.js'

export interface AnnounceOutagesOptions extends AnnounceOptions {
  readonly store: Pick<Store, 'outages' | 'waitingFor'>
  /** Names of the handlers that are configured. */
  readonly channels: Pick<ReadonlySet<string>, 'has'>
  /** True of a chain whose outages are told with the turns of this one. */
  readonly tellsFor: (chain: string) => boolean
}

/**
 * Tells with the next turn of a chain that a channel does not take its notifications, and later that it does again, or
 * is configured no more: each once for each outage, which the commit of that turn notes.
 */
export function announceOutages({ store, channels, tellsFor, ...options }: AnnounceOutagesOptions): Stage {
  return stage('announceOutages', (draft) => {
    const { chain } = draft.state
    const isGone = ({ channel }: Outage): boolean => !channels.has(channel)
    const announcements = outagesIn(store)
      .filter((outage) => tellsFor(outage.chain))
      // Most of what goes on was told: only of the rest it is counted what waits.
      .filter((outage) => (isGone(outage) ? outage.isTold : isNews(outage, draft.time) || isOver(outage, draft.time)))
      .flatMap((outage): readonly Announcement[] => {
        const waiting = store.waitingFor(outage.channel)
        const announcement = announceOutage(outage, { chain, isGone: isGone(outage), waiting, now: draft.time })
        return announcement === undefined ? [] : [asConfigured(announcement, options)]
      })
    return announcements.length === 0 ? draft : { ...draft, announcements: [...draft.announcements, ...announcements] }
  })
}

/** While another process keeps the state locked, the next turn tells it. */
function outagesIn(store: Pick<Store, 'outages'>): readonly Outage[] {
  try {
    return store.outages()
  } catch (cause) {
    if (isBusy(cause)) return []
    throw cause
  }
}
