import {
  asyncScheduler,
  concat,
  defer,
  finalize,
  ignoreElements,
  interval,
  merge,
  type Observable,
  of,
  type SchedulerLike,
  tap,
} from 'rxjs'
import { defined } from '../domain/defined.js'
import { StoreError } from '../domain/errors.js'
import { isBusy } from './retryWhileBusy.js'
import { openStore, type StoreOptions } from './openStore.js'
import type { Store } from './Store.js'

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
  /** As `openStore` has it. */
  readonly onMigrate?: StoreOptions['onMigrate']
}

// Of the one thread of the process: what is locked for longer is tried again later.
const waitMs = 250
const beatEveryMs = 1_000
const pruneEveryMs = 600_000

/**
 * Opens the state, claims the right to write and keeps both for as long as it is subscribed; emits the store
 * once. Unsubscribing gives the claim back and closes the file.
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
  onMigrate,
}: HoldStoreOptions): Observable<Store> {
  return defer(() => {
    const store = openStore({ path, waitMs, now, ...defined({ journal, onMigrate }) })
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
      interval(beatEveryMs, scheduler).pipe(tap(unlessBusy(() => store.beat(now())))),
      interval(pruneEveryMs, scheduler).pipe(tap(unlessBusy(prune))),
    ).pipe(ignoreElements())
    return concat(ready$, upkeep$).pipe(finalize(() => store.close()))
  })
}

/** What comes round again by itself is left out while another process keeps the state locked. */
function unlessBusy(work: () => void): () => void {
  return () => {
    try {
      work()
    } catch (cause) {
      if (!isBusy(cause)) throw cause
    }
  }
}
