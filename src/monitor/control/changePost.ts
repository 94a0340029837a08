import {
  concat,
  concatMap,
  defer,
  EMPTY,
  endWith,
  type Observable,
  type ObservableInput,
  of,
  type SchedulerLike,
} from 'rxjs'
import { defined } from '../../domain/defined.js'
import { DeliveryError } from '../../domain/errors.js'
import { shownWhileChanging } from '../../domain/notifications/announceUnwatched.js'
import type { OutboxLane } from '../../sinks/outbox/OutboxOptions.js'
import { tryHandler } from '../../sinks/outbox/tryHandler.js'
import { reportedAsLeft, type StrayPost } from '../../store/DeliveryStore.js'
import { retryWhileUnwritable } from '../../store/retryWhileUnwritable.js'
import type { Store } from '../../store/Store.js'

interface PostChange extends Pick<StrayPost, 'handler' | 'subject'> {
  readonly lane: OutboxLane
  readonly attempt$: (signal: AbortSignal) => ObservableInput<unknown> | undefined
  /** What is stored as shown if the handler succeeds. */
  readonly shown: string
  /** Called if the service refuses the change for good. */
  readonly onRefusal: (cause: DeliveryError) => void
}

interface ChangeDeps {
  readonly store: Store
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
  readonly scheduler: SchedulerLike
}

/**
 * Changes one post outside of the outbox, once, within the rate of its handler. It is stored before the request that
 * the post may have changed, because a reload or a crash may come before the answer. Emits false if the handler fails
 * for now, so that its other posts would fail, too.
 */
export function changePost(
  { handler, subject, lane: { timeoutMs, pacer }, attempt$, shown, onRefusal }: PostChange,
  { store, now, scheduler }: ChangeDeps,
): Observable<boolean> {
  const note$ = (note: Parameters<Store['noteEdit']>[2]): Observable<never> =>
    defer(() => {
      store.noteEdit(handler, subject, note)
      return EMPTY
    }).pipe(retryWhileUnwritable(scheduler))
  return defer(() => {
    const before = store.livingPost(handler, subject)?.shown
    return concat(
      note$({ shown: markOf(before) }),
      defer(() => {
        pacer?.begin(now())
        return EMPTY
      }),
      tryHandler(attempt$, { handler, timeoutMs, scheduler, ...defined({ pacer }) }),
    ).pipe(
      concatMap((outcome) => {
        if (outcome.ok) return note$({ shown, ...defined({ posted: outcome.posted }) }).pipe(endWith(true))
        const isRefused = outcome.cause instanceof DeliveryError && outcome.cause.kind === 'permanent'
        if (!isRefused) return of(false)
        onRefusal(outcome.cause)
        // What a service refuses has not changed.
        return note$({ shown: before ?? 'as told' }).pipe(endWith(true))
      }),
    )
  })
}

/** Returns what is stored during the change, so that a post that was reported as left open is not reported again. */
function markOf(before: string | undefined): string {
  return before?.endsWith(reportedAsLeft) === true ? `${shownWhileChanging} ${reportedAsLeft}` : shownWhileChanging
}
