import type { JournalEntry } from '../domain/journal/journalEvent.js'

/** What happened, in the order it was committed, for whoever follows from elsewhere and comes back after a while. */
export interface JournalStore {
  /**
   * Where the journal stands; undefined where none is kept. Who has seen everything up to an id from `after` to
   * `newest` can go on from there; any other id is of what was pruned meanwhile, or of another journal.
   */
  journalBounds(): { readonly after: number; readonly newest: number } | undefined
  /** The entries that come after an id, at most `limit`, oldest first. */
  journalSince(after: number, limit: number): readonly JournalEntry[]
}
