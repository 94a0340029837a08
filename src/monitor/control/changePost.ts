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
import type { OutboxLane } from '../../sinks/outbox/OutboxOptions.js'
import { tryHandler } from '../../sinks/outbox/tryHandler.js'
import type { StrayPost } from '../../store/DeliveryStore.js'
import { retryWhileBusy } from '../../store/retryWhileBusy.js'
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
 * Changes one post outside of the outbox, once, within the rate of its handler. Emits false if the handler fails for
 * now, so that its other posts would fail, too.
 */
export function changePost(
  { handler, subject, lane: { timeoutMs, pacer }, attempt$, shown, onRefusal }: PostChange,
  { store, now, scheduler }: ChangeDeps,
): Observable<boolean> {
  return concat(
    defer(() => {
      pacer?.begin(now())
      return EMPTY
    }),
    tryHandler(attempt$, { handler, timeoutMs, scheduler, ...defined({ pacer }) }),
  ).pipe(
    concatMap((outcome) => {
      if (!outcome.ok) {
        const refusal =
          outcome.cause instanceof DeliveryError && outcome.cause.kind === 'permanent' ? outcome.cause : undefined
        if (refusal !== undefined) onRefusal(refusal)
        return of(refusal !== undefined)
      }
      const note = { shown, ...defined({ posted: outcome.posted }) }
      return defer(() => {
        store.noteEdit(handler, subject, note)
        return EMPTY
      }).pipe(retryWhileBusy(scheduler), endWith(true))
    }),
  )
}
