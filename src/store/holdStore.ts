import {
  asyncScheduler,
  concat,
  defer,
  finalize,
  ignoreElements,
  interval,
  map,
  merge,
  type Observable,
  of,
  type OperatorFunction,
  type SchedulerLike,
  switchMap,
  tap,
  timer,
} from 'rxjs'
import { defined } from '../domain/defined.js'
import { StoreError } from '../domain/errors.js'
import { isUnwritable } from './isUnwritable.js'
import { type Ended, readMark } from './file/openMark.js'
import { isUnseenNeighbour, thisHost } from './file/thisHost.js'
import { openStore, type StoreOptions } from './openStore.js'
import type { EmbeddedStore, Store } from './Store.js'

export interface HoldStoreOptions {
  readonly path: string
  /** Maximum number of notifications and their maximum age in milliseconds. Called for each pruning. */
  readonly bounds: () => { readonly maxNotifications: number; readonly maxAge: number }
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
  /** @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike
  /** As in `openStore`. */
  readonly journal?: StoreOptions['journal']
  /**
   * Called when the state could not be written for ten seconds, because another process keeps it locked or its disk is
   * full, with the time since which nothing could be written (Unix milliseconds). Called with undefined when that has
   * ended.
   */
  readonly onUnwritable?: (since: number | undefined) => void
  /** As in `openStore`. */
  readonly onMigrate?: StoreOptions['onMigrate']
  /** Opens the state; `keepMemory` gives one that keeps a state in memory. @defaultValue `openStore` */
  readonly open?: (options: StoreOptions) => EmbeddedStore
}

// Maximum wait for a lock in milliseconds. It is short because it blocks the only thread; a longer lock is retried
// later.
const waitMs = 250
const beatEveryMs = 1_000
const watchedMs = 2_500
const pruneEveryMs = 600_000
// Milliseconds after which it is reported that the state cannot be written. A backup may take less, which is no news.
const longMs = 10_000

/**
 * Opens the state, claims the right to write and keeps both while subscribed; emits the store once. Unsubscribing
 * releases the claim and closes the file.
 *
 * If the last writer may be alive in another container of this machine, it waits before opening.
 *
 * Errors with a `StoreError` if the file cannot be used, another process holds the claim, or the file was deleted or
 * replaced meanwhile.
 */
export function holdStore({
  path,
  bounds,
  now,
  scheduler = asyncScheduler,
  journal,
  onUnwritable = () => undefined,
  onMigrate,
  open = openStore,
}: HoldStoreOptions): Observable<Store> {
  const held$ = (ended: Ended | undefined): Observable<Store> => {
    const store = open({ path, waitMs, now, ended, ...defined({ journal, onMigrate }) })
    const holder = store.claim(now())
    if (holder !== undefined) {
      store.close()
      throw new StoreError(
        `Another govstream (process ${holder.pid}) works with the state ${path}. Stop it first, or give this one a state of its own.`,
      )
    }
    const prune = (): void => {
      const { maxNotifications, maxAge } = bounds()
      store.prune({ maxNotifications, before: now() - maxAge })
    }
    const ready$ = defer(() => {
      prune()
      return of(store)
    })
    const upkeep$ = merge(
      interval(beatEveryMs, scheduler).pipe(
        map(() => unlessUnwritable(() => store.beat(now()))),
        reportUnwritable(now, onUnwritable),
      ),
      interval(pruneEveryMs, scheduler).pipe(tap(() => unlessUnwritable(prune))),
    ).pipe(ignoreElements())
    return concat(ready$, upkeep$).pipe(finalize(() => store.close()))
  }
  return watchNeighbour(path, now, scheduler).pipe(switchMap(held$))
}

/**
 * If the last writer ran in another container of this machine, it may be alive or may just have been killed. It is
 * watched for longer than a live writer is ever silent. Emits once: the writer if it has ended, otherwise undefined.
 */
function watchNeighbour(path: string, now: () => number, scheduler: SchedulerLike): Observable<Ended | undefined> {
  return defer(() => {
    const mark = path === ':memory:' ? undefined : readMark(path)
    if (mark === undefined || !isUnseenNeighbour(mark.host, thisHost()) || now() - mark.beat >= longMs)
      return of(undefined)
    return timer(watchedMs, scheduler).pipe(
      map(() => {
        const later = readMark(path)
        return later?.token === mark.token && later.beat === mark.beat ? mark : undefined
      }),
    )
  })
}

/** Runs periodic work unless the state cannot be written for now. Returns whether it was done. */
function unlessUnwritable(work: () => void): boolean {
  try {
    work()
    return true
  } catch (cause) {
    if (!isUnwritable(cause)) throw cause
    return false
  }
}

/** Receives for each beat whether it could be written. If the clock was set back, the ten seconds start again. */
export function reportUnwritable(
  now: () => number,
  onUnwritable: NonNullable<HoldStoreOptions['onUnwritable']>,
): OperatorFunction<boolean, unknown> {
  return (written$) =>
    defer(() => {
      let pause: { readonly since: number; readonly isTold: boolean } | undefined
      return written$.pipe(
        tap((isWritten) => {
          if (isWritten) {
            if (pause?.isTold === true) onUnwritable(undefined)
            pause = undefined
            return
          }
          const since = Math.min(pause?.since ?? now(), now())
          const isLong = now() - since >= longMs
          if (isLong && pause?.isTold !== true) onUnwritable(since)
          pause = { since, isTold: isLong || pause?.isTold === true }
        }),
      )
    })
}
