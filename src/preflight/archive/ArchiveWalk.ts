import type { ArchiveEntry } from '../../domain/readiness/archiveMember.js'

/** How to read an archive. */
export interface ArchiveWalk {
  readonly path: string
  /** Maximum size of all unpacked content, in bytes; more is an `ArchiveError`. */
  readonly mostBytes: number
  readonly signal: AbortSignal
  /**
   * Called with each entry, in order. It may return the path of a new file for the content of the entry, and may throw.
   */
  readonly visit: (entry: ArchiveEntry) => string | undefined
}
