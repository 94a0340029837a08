import {
  concatMap,
  defer,
  EMPTY,
  from,
  groupBy,
  ignoreElements,
  mergeMap,
  type Observable,
  of,
  type SchedulerLike,
  takeWhile,
} from 'rxjs'
import { isShownAsUnwatched } from '../../domain/notifications/announceUnwatched.js'
import { standingOf } from '../../domain/notifications/message.js'
import { deliveryTo } from '../../domain/notifications/routing.js'
import type { LivingPost } from '../../domain/notifications/stepEdits.js'
import type { OutboxLane } from '../../sinks/outbox/OutboxOptions.js'
import type { StrayPost } from '../../store/DeliveryStore.js'
import { retryWhileUnwritable } from '../../store/retryWhileUnwritable.js'
import type { Store } from '../../store/Store.js'
import type { Setup } from '../setUp.js'
import { changePost } from './changePost.js'

interface WatchedSetup extends Pick<Setup, 'lanes' | 'route'> {
  readonly chains: Pick<Setup['chains'], 'keys'>
}

interface ReopenOptions {
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
  readonly scheduler: SchedulerLike
}

/**
 * Opens again what was closed while its chain was not watched, if the chain is watched again and its subject is still
 * open: no notification would do so, because nothing has changed. Call it after the first polls, which may tell that
 * the subject has ended. A handler that gets the notification by no route now, or that quiet hours or a silence hold
 * back, is left out for now. Emits nothing; errors with a `StoreError`.
 */
export function reopenWatched(store: Store, setup: WatchedSetup, options: ReopenOptions): Observable<never> {
  const { lanes, chains } = setup
  return defer(() => from(store.unwatchedPosts(lanes.keys(), chains.keys()))).pipe(
    retryWhileUnwritable(options.scheduler),
    groupBy(({ handler }) => handler),
    mergeMap((closed$) => {
      const lane = lanes.get(closed$.key)
      if (lane === undefined) return EMPTY
      return closed$.pipe(
        concatMap((place) => defer(() => reopenOne(place, lane, { ...options, store, setup }))),
        takeWhile((mayGoOn) => mayGoOn),
      )
    }),
    ignoreElements(),
  )
}

interface ReopenDeps extends ReopenOptions {
  readonly store: Store
  readonly setup: WatchedSetup
}

/** Opens one post again. Emits false if the handler fails for now. */
function reopenOne(
  { handler, subject }: Pick<StrayPost, 'handler' | 'subject'>,
  lane: OutboxLane,
  deps: ReopenDeps,
): Observable<boolean> {
  const post = deps.store.livingPost(handler, subject)
  if (post === undefined || !isToBeOpen(handler, post, deps)) return of(true)
  const { told, posted } = post
  const attempt$ = (signal: AbortSignal) =>
    lane.handler.edit === undefined
      ? lane.handler.handle(told, { signal })
      : lane.handler.edit(told, { signal, posted, subject })
  // A message that cannot be opened again stays closed until the next notification.
  const onRefusal = (): void => undefined
  return changePost({ handler, subject, lane, attempt$, shown: 'opened again', onRefusal }, deps)
}

function isToBeOpen(
  handler: string,
  { told, shown, endedBy, isAwaited }: LivingPost,
  { store, setup, now }: ReopenDeps,
): boolean {
  if (isAwaited || endedBy !== undefined || !isShownAsUnwatched(shown ?? '') || standingOf(told) !== 'open')
    return false
  const at = now()
  const own = deliveryTo(handler, setup.route(told, { at, silences: store.silences(at), hasTold: () => false }))
  return typeof own === 'string' || (own !== undefined && own.isQuiet !== true)
}
