import {
  concatMap,
  defer,
  EMPTY,
  filter,
  from,
  groupBy,
  ignoreElements,
  mergeMap,
  type Observable,
  type SchedulerLike,
  takeWhile,
} from 'rxjs'
import { isOpenPost } from '../../channels/registry.js'
import type { DeliveryError } from '../../domain/errors.js'
import { announceUnwatched } from '../../domain/notifications/announceUnwatched.js'
import { shownAsEnded } from '../../domain/notifications/stepEdits.js'
import type { OutboxLane } from '../../sinks/outbox/OutboxOptions.js'
import type { StrayPost } from '../../store/DeliveryStore.js'
import { retryWhileUnwritable } from '../../store/retryWhileUnwritable.js'
import type { Store } from '../../store/Store.js'
import type { Setup } from '../setUp.js'
import { changePost } from './changePost.js'

/** The posts that a service refused to close, such as a message that somebody has deleted. */
export interface Refusals {
  readonly has: (post: StrayPost) => boolean
  readonly add: (post: StrayPost, cause: DeliveryError) => void
}

interface CloseOptions {
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
  readonly scheduler: SchedulerLike
  readonly refusals: Refusals
}

/**
 * Closes the alerts and messages about chains that are not watched any more, because no notification will. Each handler
 * closes its own one after the other, and stops at the first one that fails for now; no handler waits for another. What
 * is left is closed by the next call, except what a service refused to close. Emits nothing; errors with a
 * `StoreError`.
 */
export function closeUnwatched(
  store: Store,
  setup: Pick<Setup, 'config' | 'lanes' | 'chains'>,
  options: CloseOptions,
): Observable<never> {
  const { config, lanes, chains } = setup
  const pagers = new Map(
    config.notifier.handlers.flatMap((handler) =>
      'closes' in handler ? [[handler.name, handler.closes] as const] : [],
    ),
  )
  const canClose = (name: string, { handler }: OutboxLane): boolean => pagers.get(name) ?? handler.edit !== undefined
  return defer(() => from(store.strayPosts(lanes.keys(), chains.keys()))).pipe(
    retryWhileUnwritable(options.scheduler),
    filter((post) => isOpenPost(post.posted, post.standing) && !options.refusals.has(post)),
    groupBy(({ handler }) => handler),
    mergeMap((stray$) => {
      const lane = lanes.get(stray$.key)
      if (lane === undefined || !canClose(stray$.key, lane)) return EMPTY
      return stray$.pipe(
        concatMap((stray) => closeOne(stray, lane, store, options)),
        takeWhile((mayGoOn) => mayGoOn),
      )
    }),
    ignoreElements(),
  )
}

/** Closes one post. Emits false if the handler fails for now, so that its other posts would fail, too. */
function closeOne(
  post: StrayPost,
  lane: OutboxLane,
  store: Store,
  { now, scheduler, refusals }: CloseOptions,
): Observable<boolean> {
  const { handler, subject, posted } = post
  const end = announceUnwatched(subject, { title: store.livingPost(handler, subject)?.told.title, time: now() })
  const attempt$ = (signal: AbortSignal) =>
    lane.handler.edit === undefined
      ? lane.handler.handle(end, { signal, closesOnly: true, ended: new Map([[subject, posted]]) })
      : lane.handler.edit(end, { signal, posted, subject })
  return changePost(
    {
      handler,
      subject,
      lane,
      attempt$,
      shown: `${shownAsEnded}${end.id}`,
      onRefusal: (cause) => refusals.add(post, cause),
    },
    { store, now, scheduler },
  )
}
