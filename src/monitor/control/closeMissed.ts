import { isOpenPost } from '../../channels/registry.js'
import type { Config } from '../../config/schema.js'
import type { Store } from '../../store/Store.js'

/**
 * Queues for the pagers of a configuration what ended the alerts that they have open while they were not configured.
 * Nothing else would close those.
 */
export function closeMissed(
  store: Pick<Store, 'missedEnds' | 'queueMissed'>,
  { notifier }: Pick<Config, 'notifier'>,
  now: number,
): void {
  const pagers = notifier.handlers.flatMap((handler) => ('closes' in handler && handler.closes ? [handler.name] : []))
  const missed = store.missedEnds(pagers).filter(({ posted }) => isOpenPost(posted, 'over'))
  if (missed.length > 0) store.queueMissed(missed, now)
}
