import type { JournalEntry } from '../domain/journal/journalEvent.js'

/** The events in the order of their commits, for clients that resume after an interruption. */
export interface JournalStore {
  /**
   * Returns the range of ids from which a client can resume; undefined if no journal is kept. A client that has seen
   * everything up to an id from `after` to `newest` can continue; any other id was pruned or belongs to another
   * journal.
   */
  journalBounds(): { readonly after: number; readonly newest: number } | undefined
  /** Returns at most `limit` entries after an id, oldest first. */
  journalSince(after: number, limit: number): readonly JournalEntry[]
}
