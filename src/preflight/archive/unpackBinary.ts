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
  /** Where the binary goes; a new file. */
  readonly to: string
  /** No more comes out of it. Bytes. */
  readonly mostBytes: number
}

/** What came of it. `member`: the name of the binary in the archive. `problem` ends a sentence about the archive. */
export type Unpacked =
  | { readonly kind: 'unpacked'; readonly member: string }
  | { readonly kind: 'unfit' | 'unclear'; readonly problem: string }

const maxEntries = 10_000
// Programs are packed to a third. What swells by more was made to; a small archive may hold some zeros.
const mostSwelling = 100
const leastBound = 16_777_216

/** The kinds of archive that are unpacked here; go-getter knows more. */
const kinds = ['tar.gz', 'tar', 'zip'] as const
type UnpackedKind = (typeof kinds)[number]

export function unpackedKind(archive: string): UnpackedKind | undefined {
  return kinds.find((one) => one === archive)
}

/**
 * Takes the binary out of an archive: all entries are looked at first, and nothing but that one file is ever written,
 * under a name of ours. Rejects only with an abort, or where a file cannot be read or written.
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

/** @throws the cause where our own disk failed: that says nothing about the archive. */
function unfit(cause: unknown): Unpacked {
  if (cause instanceof ArchiveError) return { kind: 'unfit', problem: cause.message }
  if (cause instanceof Error && 'syscall' in cause) throw cause
  return { kind: 'unfit', problem: `cannot be unpacked: ${reasonOf(cause)}` }
}
