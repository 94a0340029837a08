import { chainOfEvent, type JournalEntry, type JournalEvent } from '../../domain/journal/journalEvent.js'
import type { JournalStore } from '../../store/JournalStore.js'
import { frameOf } from './frame.js'

/** An event of the journal, ready to be sent. */
interface ReadyEntry {
  readonly id: number
  readonly type: JournalEvent['type']
  readonly chain: string
  readonly frame: string
}

/** The end of the journal, ready for all clients: each of its entries is read and made ready once. */
export interface RecentEntries {
  /** The id of the last entry so far. */
  readonly newest: () => number
  /** Takes in the next page of the journal, and tells whether there may be another. Throws a `StoreError`. */
  readonly readPage: () => boolean
  /** Goes to the end of the journal without reading what lies between. Throws a `StoreError`. */
  readonly skip: () => void
  /**
   * Some of the entries that come after this id, oldest first, and none after the newest. Undefined where nobody can
   * tell what comes after it: that was pruned, or the id is of another journal.
   */
  readonly after: (id: number) => readonly ReadyEntry[] | undefined
}

// Of what happened last; who is further behind reads the journal.
const mostKept = 1_000
const mostKeptChars = 4_000_000
const pageSize = 100

export function createRecentEntries(store: JournalStore): RecentEntries {
  const bounds = (): { readonly after: number; readonly newest: number } =>
    store.journalBounds() ?? { after: 0, newest: 0 }
  let { newest } = bounds()
  // In their order and without a gap, as the ids of the journal are, up to the newest; or none.
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
  let [from, chars] = [entries.length, 0]
  while (from > 0 && entries.length - from < mostKept && chars < mostKeptChars) {
    from -= 1
    chars += entries[from]?.frame.length ?? 0
  }
  return entries.slice(from)
}
