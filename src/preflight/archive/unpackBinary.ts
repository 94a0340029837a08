import { stat } from 'node:fs/promises'
import { reasonOf } from '../../domain/errors.js'
import { type ArchiveEntry, archiveMember, type ArchiveQuestion } from '../../domain/readiness/archiveMember.js'
import { ArchiveError } from './ArchiveError.js'
import type { ArchiveWalk } from './ArchiveWalk.js'
import { walkTar } from './walkTar.js'
import { walkZip } from './walkZip.js'

export interface UnpackQuestion extends Pick<ArchiveQuestion, 'daemon' | 'subdirectory'> {
  readonly path: string
  readonly archive: UnpackedKind
  /** Path of the binary; a new file. */
  readonly to: string
  /** Maximum size of the unpacked content, in bytes. */
  readonly mostBytes: number
}

/** The result. `member` is the name of the binary in the archive. `problem` ends a sentence about the archive. */
export type Unpacked =
  | { readonly kind: 'unpacked'; readonly member: string }
  | { readonly kind: 'unfit' | 'unclear'; readonly problem: string }

const maxEntries = 10_000
// Maximum ratio of unpacked to packed size, against archive bombs. Programs are packed to about a third. Up to
// `leastBound` bytes are allowed for any archive, because a small one may hold many zeros.
const mostSwelling = 100
const leastBound = 16_777_216

/** The kinds of archive that are unpacked here; go-getter supports more. */
const kinds = ['tar.gz', 'tar', 'zip'] as const
type UnpackedKind = (typeof kinds)[number]

export function unpackedKind(archive: string): UnpackedKind | undefined {
  return kinds.find((one) => one === archive)
}

/**
 * Unpacks the binary from an archive. All entries are checked first, and only that one file is written, under a name of
 * ours. Rejects only if it is aborted, or if a file cannot be read or written.
 */
export async function unpackBinary(question: UnpackQuestion, signal: AbortSignal): Promise<Unpacked> {
  const { path, archive, to, ...asked } = question
  const mostBytes = Math.min(question.mostBytes, Math.max(leastBound, (await stat(path)).size * mostSwelling))
  const walk = (visit: ArchiveWalk['visit']): Promise<void> =>
    archive === 'zip'
      ? walkZip({ path, mostBytes, signal, visit })
      : walkTar({ path, mostBytes, signal, visit }, archive === 'tar.gz')
  const entries: ArchiveEntry[] = []
  try {
    await walk((entry) => {
      if (entries.push(entry) > maxEntries) throw new ArchiveError(`holds more than ${maxEntries} entries`)
      return undefined
    })
  } catch (cause) {
    signal.throwIfAborted()
    return unfit(cause)
  }
  const found = archiveMember(entries, { ...asked, format: archive === 'zip' ? 'zip' : 'tar' })
  if (found.kind !== 'member') return found
  return takeOut(found.index)

  async function takeOut(wanted: number): Promise<Unpacked> {
    let index = -1
    try {
      await walk(() => ((index += 1) === wanted ? to : undefined))
    } catch (cause) {
      signal.throwIfAborted()
      return unfit(cause)
    }
    return { kind: 'unpacked', member: entries[wanted]?.path ?? '' }
  }
}

/** @throws the cause if our own disk failed, because that says nothing about the archive. */
function unfit(cause: unknown): Unpacked {
  if (cause instanceof ArchiveError) return { kind: 'unfit', problem: cause.message }
  if (cause instanceof Error && 'syscall' in cause) throw cause
  return { kind: 'unfit', problem: `cannot be unpacked: ${reasonOf(cause)}` }
}
