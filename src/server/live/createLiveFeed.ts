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
import { chainOfEvent, type JournalEntry, type JournalEvent } from '../../domain/journal/journalEvent.js'
import type { JournalStore } from '../../store/JournalStore.js'
import { createEncoder, type EncodeFrames } from './createEncoder.js'
import { frameOf } from './frame.js'
import { createLatestFrames, type LatestFrames } from './latestFrames.js'

/** What clients follow. */
export interface LiveSource {
  readonly store: JournalStore
  /** The latest state of each chain. */
  readonly states: () => Iterable<ChainState>
  /** Every turn once it is committed. */
  readonly turn$: Observable<Turn>
  /** Emits when the states stand otherwise though no turn came. @defaultValue never */
  readonly lock$?: Observable<unknown>
  readonly scheduler: SchedulerLike
  readonly log: LogWriter
  readonly conceal: (text: string) => string
}

/** An event of the journal, ready to be sent. */
interface ReadyEntry {
  readonly id: number
  readonly type: JournalEvent['type']
  readonly chain: string
  readonly frame: string
}

/** What all clients need. Nothing waits in it for anybody: a client that stalls costs no more than its place. */
export interface LiveFeed {
  /** Follows the turns for as long as it is subscribed; then the streams of all clients end. */
  readonly follow$: Observable<never>
  /** Emits when there may be something new, and completes at the end. */
  readonly news$: Observable<void>
  readonly hasEnded: () => boolean
  readonly states: LiveSource['states']
  readonly scheduler: SchedulerLike
  /** The id of the last event so far. */
  readonly newest: () => number
  /**
   * Some of the entries that come after this id, oldest first, and none after the newest. Undefined where nobody can
   * tell what comes after it: that was pruned, or the id is of another journal.
   */
  readonly entriesAfter: (id: number) => readonly ReadyEntry[] | undefined
  readonly latestFrames: LatestFrames
  readonly encode: EncodeFrames
}

// Of what happened last; who is further behind reads the journal.
const mostKept = 1_000
const mostKeptChars = 4_000_000
const pageSize = 100

export function createLiveFeed({ store, states, turn$, lock$ = NEVER, scheduler, log, conceal }: LiveSource): LiveFeed {
  const news$ = new Subject<void>()
  let ended = false
  const bounds = (): { readonly after: number; readonly newest: number } =>
    store.journalBounds() ?? { after: 0, newest: 0 }
  let { newest } = bounds()
  // In their order and without a gap, as the ids of the journal are, up to the newest; or none.
  let recent: readonly ReadyEntry[] = []
  let isBehind = false

  /** Reads what a turn has written, a page at a time: between two pages of a burst the process answers others. */
  function takeIn({ changes, touched, announcements }: Turn): Observable<unknown> {
    isBehind ||= changes.length > 0 || touched.upgrades.length > 0 || announcements.length > 0
    return of(readPage()).pipe(expand((isMore) => (isMore ? timer(0, scheduler).pipe(map(readPage)) : EMPTY)))
  }

  /**
   * The turn is committed: that it cannot be read back is no reason to end the run. The next turn brings it along.
   *
   * @returns Whether there may be another page.
   */
  function readPage(): boolean {
    if (!isBehind) return false
    try {
      const added = store.journalSince(newest, pageSize).map(readyOf)
      const [first] = added
      recent = newestOf(first === undefined || first.id === newest + 1 ? [...recent, ...added] : added)
      newest = added.at(-1)?.id ?? newest
      isBehind = added.length === pageSize
      return isBehind
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      log.error({}, `events are told later, for the journal cannot be read: ${conceal(reasonOf(error))}`)
      return false
    }
  }

  function entriesAfter(id: number): readonly ReadyEntry[] | undefined {
    if (id === newest) return []
    const [first] = recent
    if (first !== undefined && first.id <= id + 1 && id <= newest)
      return recent.slice(id + 1 - first.id, id + 1 - first.id + pageSize)
    const { after, newest: last } = bounds()
    return id >= after && id <= last ? store.journalSince(id, pageSize).map(readyOf) : undefined
  }

  return {
    follow$: turn$.pipe(
      switchMap(takeIn),
      connect((taken$) => merge(taken$, lock$.pipe(takeUntil(taken$.pipe(ignoreElements(), endWith(undefined)))))),
      tap(() => news$.next()),
      finalize(() => {
        ended = true
        news$.complete()
      }),
      ignoreElements(),
    ),
    news$,
    hasEnded: () => ended,
    states,
    scheduler,
    newest: () => newest,
    entriesAfter,
    latestFrames: createLatestFrames(),
    encode: createEncoder(),
  }
}

function readyOf({ id, event }: JournalEntry): ReadyEntry {
  return { id, type: event.type, chain: chainOfEvent(event), frame: frameOf(event, id) }
}

function newestOf(entries: readonly ReadyEntry[]): readonly ReadyEntry[] {
  let [from, chars] = [entries.length, 0]
  while (from > 0 && entries.length - from < mostKept && chars < mostKeptChars) {
    from -= 1
    chars += entries[from]?.frame.length ?? 0
  }
  return entries.slice(from)
}
