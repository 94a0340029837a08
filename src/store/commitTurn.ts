import {
  defer,
  EMPTY,
  ignoreElements,
  type Observable,
  type ObservableInput,
  type SchedulerLike,
  throwError,
} from 'rxjs'
import type { Turn } from '../domain/chainState.js'
import { retryWhileUnwritable } from './retryWhileUnwritable.js'
import type { NotificationRoute, Store } from './Store.js'

/**
 * Commits a turn now, and again every half second while the state cannot be written. Returns undefined if the turn is
 * durable at once, as most are. Otherwise the stream completes when it is durable; other failures are its errors.
 */
export function commitTurn(
  store: Pick<Store, 'commit'>,
  turn: Turn,
  route: NotificationRoute,
  scheduler?: SchedulerLike,
): Observable<never> | undefined {
  let next$ = begun(() => store.commit(turn, route))
  if (next$ === undefined) return undefined
  return defer(() => {
    const attempt$ = next$ ?? store.commit(turn, route) ?? EMPTY
    next$ = undefined
    return attempt$
  }).pipe(ignoreElements(), retryWhileUnwritable(scheduler))
}

function begun(commit: () => ObservableInput<unknown> | undefined): ObservableInput<unknown> | undefined {
  try {
    return commit()
  } catch (cause) {
    return throwError(() => cause)
  }
}
