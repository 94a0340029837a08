import type { ArchiveEntry } from '../../domain/readiness/archiveMember.js'

/** A way through an archive. */
export interface ArchiveWalk {
  readonly path: string
  /** All of it, unpacked, has no more; else it is an `ArchiveError`. Bytes. */
  readonly mostBytes: number
  readonly signal: AbortSignal
  /** Called with each entry, in order; the path of a new file is where its content goes. May throw. */
  readonly visit: (entry: ArchiveEntry) => string | undefined
}
