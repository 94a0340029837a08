import {
  connect,
  EMPTY,
  endWith,
  expand,
  finalize,
  ignoreElements,
  map,
  merge,
  NEVER,
  type Observable,
  of,
  type SchedulerLike,
  Subject,
  switchMap,
  takeUntil,
  tap,
  timer,
} from 'rxjs'
import type { LogWriter } from '../../channels/Channel.js'
import type { ChainState, Turn } from '../../domain/chainState.js'
import { reasonOf, StoreError } from '../../domain/errors.js'
import type { JournalStore } from '../../store/JournalStore.js'
import { type ChunkFrames, createChunker } from './createChunker.js'
import { createLatestFrames, type LatestFrames } from './latestFrames.js'
import { createRecentEntries, type RecentEntries } from './recentEntries.js'

/** The source of the events that clients follow. */
export interface LiveSource {
  readonly store: JournalStore
  /** The latest state of each chain. */
  readonly states: () => Iterable<ChainState>
  /** Every turn once it is committed. */
  readonly turn$: Observable<Turn>
  /** Emits when the states change without a turn. @defaultValue never */
  readonly writability$?: Observable<unknown>
  readonly scheduler: SchedulerLike
  readonly log: LogWriter
  readonly conceal: (text: string) => string
}

/** What all clients share. It queues nothing for a client: one that stalls costs only its position. */
export interface LiveFeed {
  /** Follows the turns while it is subscribed; at the end the streams of all clients end. */
  readonly follow$: Observable<never>
  /** Emits when there may be new events, and completes at the end. */
  readonly news$: Observable<void>
  readonly hasEnded: () => boolean
  /** Registers a client and returns its removal. Without clients nothing is read or prepared. */
  readonly join: () => () => void
  readonly states: LiveSource['states']
  readonly scheduler: SchedulerLike
  readonly newest: RecentEntries['newest']
  readonly entriesAfter: RecentEntries['after']
  readonly latestFrames: LatestFrames
  readonly chunksOf: ChunkFrames
}

export function createLiveFeed({
  store,
  states,
  turn$,
  writability$ = NEVER,
  scheduler,
  log,
  conceal,
}: LiveSource): LiveFeed {
  const news$ = new Subject<void>()
  let [ended, clients] = [false, 0]
  const recent = createRecentEntries(store)
  let isBehind = false

  /** Reads what a turn wrote, one page at a time, so that the process can answer others between two pages. */
  function readTurn({ changes, touched, announcements }: Turn): Observable<unknown> {
    isBehind ||= changes.length > 0 || touched.upgrades.length > 0 || announcements.length > 0
    return of(readPage()).pipe(expand((isMore) => (isMore ? timer(0, scheduler).pipe(map(readPage)) : EMPTY)))
  }

  /**
   * Reads one page of the journal. If that fails, the run goes on, because the turn is committed; the next turn reads
   * it.
   *
   * @returns Whether there may be another page.
   */
  function readPage(): boolean {
    if (!isBehind) return false
    try {
      if (clients === 0) recent.skip()
      isBehind = clients > 0 && recent.readPage()
      return isBehind
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      log.error({}, `events are sent later, because the journal cannot be read: ${conceal(reasonOf(error))}`)
      return false
    }
  }

  return {
    follow$: turn$.pipe(
      switchMap(readTurn),
      connect((taken$) =>
        merge(taken$, writability$.pipe(takeUntil(taken$.pipe(ignoreElements(), endWith(undefined))))),
      ),
      tap(() => news$.next()),
      finalize(() => {
        ended = true
        news$.complete()
      }),
      ignoreElements(),
    ),
    news$,
    hasEnded: () => ended,
    join: () => {
      clients += 1
      return () => void (clients -= 1)
    },
    states,
    scheduler,
    newest: recent.newest,
    entriesAfter: recent.after,
    latestFrames: createLatestFrames(),
    chunksOf: createChunker(),
  }
}
