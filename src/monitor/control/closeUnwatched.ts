import {
  catchError,
  concat,
  concatMap,
  defer,
  EMPTY,
  from,
  ignoreElements,
  map,
  type Observable,
  of,
  retry,
  type SchedulerLike,
  throwError,
  timer,
} from 'rxjs'
import { isOpenPost } from '../../channels/registry.js'
import { defined } from '../../domain/defined.js'
import { DeliveryError } from '../../domain/errors.js'
import { announceUnwatched } from '../../domain/notifications/announceUnwatched.js'
import { shownAsEnded } from '../../domain/notifications/stepEdits.js'
import type { OutboxLane } from '../../sinks/outbox/OutboxOptions.js'
import { type Outcome, tryHandler } from '../../sinks/outbox/tryHandler.js'
import type { StrayPost } from '../../store/DeliveryStore.js'
import { retryWhileBusy } from '../../store/retryWhileBusy.js'
import type { Store } from '../../store/Store.js'
import type { Setup } from '../setUp.js'

interface CloseOptions {
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
  readonly scheduler: SchedulerLike
}

const mostRetries = 4
const retryMs = 15_000

/**
 * Closes the alerts and messages about chains that are not watched any more, because no notification will: one after
 * the other at each handler, with a few retries. What cannot be closed stays as it is, and is closed at the next start.
 * Emits nothing; errors with a `StoreError`.
 */
export function closeUnwatched(store: Store, setup: Setup, options: CloseOptions): Observable<never> {
  const { config, lanes, chains } = setup
  const pagers = new Map(
    config.notifier.handlers.flatMap((handler) =>
      'closes' in handler ? [[handler.name, handler.closes] as const] : [],
    ),
  )
  return defer(() => from(store.strayPosts(lanes.keys(), chains.keys()))).pipe(
    retryWhileBusy(options.scheduler),
    concatMap((stray) => {
      const { handler, posted, standing } = stray
      const lane = lanes.get(handler)
      const canClose = lane !== undefined && (pagers.get(handler) ?? lane.handler.edit !== undefined)
      return canClose && isOpenPost(posted, standing) ? closeOne(stray, lane, store, options) : EMPTY
    }),
  )
}

function closeOne(
  stray: StrayPost,
  lane: OutboxLane,
  store: Store,
  { now, scheduler }: CloseOptions,
): Observable<never> {
  const { handler, subject, posted } = stray
  const { timeoutMs, pacer } = lane
  const end = announceUnwatched(subject, { title: store.livingPost(handler, subject)?.told.title, time: now() })
  const attempt$ = (signal: AbortSignal) =>
    lane.handler.edit === undefined
      ? lane.handler.handle(end, { signal, closesOnly: true, ended: new Map([[subject, posted]]) })
      : lane.handler.edit(end, { signal, posted, subject })
  return concat(
    defer(() => {
      pacer?.begin(now())
      return EMPTY
    }),
    tryHandler(attempt$, { handler, timeoutMs, scheduler, ...defined({ pacer }) }),
  ).pipe(
    concatMap((outcome: Outcome) => (outcome.ok ? of(outcome) : throwError(() => outcome.cause))),
    retry({
      count: mostRetries,
      delay: (cause, tries) =>
        cause instanceof DeliveryError && cause.kind === 'permanent'
          ? throwError(() => cause)
          : timer(retryMs * tries, scheduler),
    }),
    map((outcome) => ({ shown: `${shownAsEnded}${end.id}`, ...defined({ posted: outcome.posted }) })),
    catchError(() => EMPTY),
    concatMap((note) =>
      defer(() => {
        store.noteEdit(handler, subject, note)
        return EMPTY
      }).pipe(retryWhileBusy(scheduler)),
    ),
    ignoreElements(),
  )
}
