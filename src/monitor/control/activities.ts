import { defer, EMPTY, filter, finalize, ignoreElements, type Observable, Subject, take } from 'rxjs'

/** A `run` becomes `working` when no sync is under way any more. `delivering` is the delivery phase of a sync. */
type Activity = 'run' | 'working' | 'sync' | 'delivering'

/** Tracks the runs and syncs under way. Without one, turns are committed, but nothing is written or sent. */
export interface Activities {
  readonly isAtWork: () => boolean
  readonly has: (kind: Activity) => boolean
  /** Wraps work so that it counts as under way while it is subscribed. */
  during<T>(kind: Activity, work$: Observable<T>): Observable<T>
  /** Completes when no activity of a kind is under way. */
  untilDone(kind: Activity): Observable<never>
}

export function createActivities(): Activities {
  const activities = new Set<{ readonly kind: Activity }>()
  const ended$ = new Subject<void>()
  const has = (kind: Activity): boolean => [...activities].some((activity) => activity.kind === kind)
  function during<T>(kind: Activity, work$: Observable<T>): Observable<T> {
    return defer(() => {
      const activity = { kind }
      activities.add(activity)
      return work$.pipe(
        finalize(() => {
          activities.delete(activity)
          ended$.next()
        }),
      )
    })
  }
  function untilDone(kind: Activity): Observable<never> {
    const isDone = (): boolean => !has(kind)
    return isDone() ? EMPTY : ended$.pipe(filter(isDone), take(1), ignoreElements())
  }
  const all: Activities = { isAtWork: () => activities.size > 0, has, during, untilDone: untilDone }
  return all
}
