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
import { isBusy } from './isBusy.js'
import { type Ended, readMark } from './file/openMark.js'
import { isUnseenNeighbour, thisHost } from './file/thisHost.js'
import { openStore, type StoreOptions } from './openStore.js'
import type { EmbeddedStore, Store } from './Store.js'

export interface HoldStoreOptions {
  readonly path: string
  /** How many notifications are kept, and for how many milliseconds. Asked anew each time. */
  readonly bounds: () => { readonly maxNotifications: number; readonly maxAge: number }
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
  /** @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike
  /** As `openStore` has it. */
  readonly journal?: StoreOptions['journal']
  /**
   * Told when another process has kept the state locked for ten seconds, with the time since which nothing could be
   * written (Unix milliseconds), and with nothing when that is over.
   */
  readonly onLocked?: (since: number | undefined) => void
  /** As `openStore` has it. */
  readonly onMigrate?: StoreOptions['onMigrate']
  /** Opens the state; one in memory it keeps, for that is gone once it is closed. @defaultValue `openStore` */
  readonly open?: (options: StoreOptions) => EmbeddedStore
}

// Of the one thread of the process: what is locked for longer is tried again later.
const waitMs = 250
const beatEveryMs = 1_000
const watchedMs = 2_500
const pruneEveryMs = 600_000
// A backup may take as long, and it is no news.
const longMs = 10_000

/**
 * Opens the state, claims the right to write and keeps both for as long as it is subscribed; emits the store
 * once. Unsubscribing gives the claim back and closes the file; what is in memory stays with who keeps it.
 *
 * It waits before that where the last writer may live in another container of this machine.
 *
 * Errors with a `StoreError` where the file cannot be used, another process holds the claim, or the file was deleted or
 * replaced meanwhile.
 */
export function holdStore({
  path,
  bounds,
  now,
  scheduler = asyncScheduler,
  journal,
  onLocked = () => undefined,
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
        map(() => unlessBusy(() => store.beat(now()))),
        watchLock(now, onLocked),
      ),
      interval(pruneEveryMs, scheduler).pipe(tap(() => unlessBusy(prune))),
    ).pipe(ignoreElements())
    return concat(ready$, upkeep$).pipe(finalize(() => (path === ':memory:' ? store.release() : store.close())))
  }
  return watchNeighbour(path, now, scheduler).pipe(switchMap(held$))
}

/**
 * Who wrote the state last in another container of this machine may live, or may have been killed just now: that one
 * is watched for longer than it is ever silent. Emits once: who has ended, if any.
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

/**
 * What comes round again by itself is left out while another process keeps the state locked. Gives whether it was done.
 */
function unlessBusy(work: () => void): boolean {
  try {
    work()
    return true
  } catch (cause) {
    if (!isBusy(cause)) throw cause
    return false
  }
}

/** Takes whether each beat could be written. Where the clock has stepped back, ten seconds begin anew. */
export function watchLock(
  now: () => number,
  onLocked: NonNullable<HoldStoreOptions['onLocked']>,
): OperatorFunction<boolean, unknown> {
  return (written$) =>
    defer(() => {
      let lock: { readonly since: number; readonly isTold: boolean } | undefined
      return written$.pipe(
        tap((isWritten) => {
          if (isWritten) {
            if (lock?.isTold === true) onLocked(undefined)
            lock = undefined
            return
          }
          const since = Math.min(lock?.since ?? now(), now())
          const isLong = now() - since >= longMs
          if (isLong && lock?.isTold !== true) onLocked(since)
          lock = { since, isTold: isLong || lock?.isTold === true }
        }),
      )
    })
}
