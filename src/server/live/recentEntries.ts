import { chainOfEvent, type JournalEntry, type JournalEvent } from '../../domain/journal/journalEvent.js'
import type { JournalStore } from '../../store/JournalStore.js'
import { frameOf } from './frame.js'

/** An event of the journal, rendered. */
interface ReadyEntry {
  readonly id: number
  readonly type: JournalEvent['type']
  readonly chain: string
  readonly frame: Uint8Array
}

/** The newest entries of the journal for all clients. Each entry is read and rendered once. */
export interface RecentEntries {
  /** Returns the id of the newest entry. */
  readonly newest: () => number
  /** Reads the next page of the journal and returns whether there may be another. Throws a `StoreError`. */
  readonly readPage: () => boolean
  /** Moves to the end of the journal without reading the entries in between. Throws a `StoreError`. */
  readonly skip: () => void
  /**
   * Returns some of the entries after this id, oldest first, and none after the newest. Returns undefined if what
   * follows the id is unknown: it was pruned, or the id is from another journal.
   */
  readonly after: (id: number) => readonly ReadyEntry[] | undefined
}

// Maximum number of newest entries that are kept; clients that are further behind read the journal.
const mostKept = 1_000
const mostKeptBytes = 4_000_000
const pageSize = 100

export function createRecentEntries(store: JournalStore): RecentEntries {
  const bounds = (): { readonly after: number; readonly newest: number } =>
    store.journalBounds() ?? { after: 0, newest: 0 }
  let { newest } = bounds()
  // In order and without a gap up to `newest`, as the ids of the journal are; may be empty.
  let recent: readonly ReadyEntry[] = []

  return {
    newest: () => newest,
    readPage() {
      const added = store.journalSince(newest, pageSize).map(readyOf)
      const [first] = added
      recent = newestOf(first === undefined || first.id === newest + 1 ? [...recent, ...added] : added)
      newest = added.at(-1)?.id ?? newest
      return added.length === pageSize
    },
    skip() {
      newest = bounds().newest
      recent = []
    },
    after(id) {
      if (id === newest) return []
      const [first] = recent
      if (first !== undefined && first.id <= id + 1 && id <= newest)
        return recent.slice(id + 1 - first.id, id + 1 - first.id + pageSize)
      const { after, newest: last } = bounds()
      return id >= after && id <= last ? store.journalSince(id, pageSize).map(readyOf) : undefined
    },
  }
}

function readyOf({ id, event }: JournalEntry): ReadyEntry {
  return { id, type: event.type, chain: chainOfEvent(event), frame: frameOf(event, id) }
}

function newestOf(entries: readonly ReadyEntry[]): readonly ReadyEntry[] {
  let [from, bytes] = [entries.length, 0]
  while (from > 0 && entries.length - from < mostKept && bytes < mostKeptBytes) {
    from -= 1
    bytes += entries[from]?.frame.length ?? 0
  }
  return entries.slice(from)
}
