import { chmod, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { defined } from '../domain/defined.js'
import { readBinaryFormat } from '../domain/readiness/binaryFormat.js'
import type { DownloadContent, DownloadFacts } from '../domain/readiness/downloadFacts.js'
import { reasonOf } from '../domain/errors.js'
import type { HashType, PlannedDownload } from '../domain/readiness/plannedDownload.js'
import type { OpenDownload } from '../transport/createDownloader.js'
import { askForDownload } from './askForDownload.js'
import { beginningOf } from './beginningOf.js'
import { fetchDownload } from './fetchDownload.js'
import { hashFile } from './hashFile.js'
import { keepPart, notePart, takePart } from './keptParts.js'
import { withPrivateDirectory } from './withPrivateDirectory.js'

export interface DownloadQuestion {
  readonly open: OpenDownload
  readonly download: PlannedDownload
  /** Name of the binary, used to find it in an archive. Absent if it is unknown. */
  readonly daemon?: string
  /** If false, only the first byte is requested. */
  readonly fetches: boolean
  /** Time limit of the whole download, in milliseconds. */
  readonly limitMs: number
  /** Maximum size in bytes, even if the disk has more room. */
  readonly mostBytes: number
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
}

/**
 * Checks that a download answers, or downloads it into a directory that only our user can read and examines it. The
 * file exists while `use` runs. Rejects only if it is aborted, or if `use` rejects.
 */
export async function withDownload<T>(
  question: DownloadQuestion,
  use: (facts: DownloadFacts) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const { open, download, fetches, mostBytes } = question
  if (!fetches) return use(await inTime(question, (own) => askForDownload(open, download.url, mostBytes, own), signal))
  return withPrivateDirectory(
    async (directory) =>
      use(await inTime(question, (own, onCame) => fetchInto(directory, question, own, onCame), signal)),
    (problem) => use({ kind: 'unplaced', problem }),
  )
}

async function inTime(
  { limitMs }: Pick<DownloadQuestion, 'limitMs'>,
  look: (signal: AbortSignal, onCame: () => void) => Promise<DownloadFacts>,
  outer: AbortSignal,
): Promise<DownloadFacts> {
  const signal = AbortSignal.any([outer, AbortSignal.timeout(limitMs)])
  const within = `within ${limitMs / 1000} s`
  const progress = { hasCome: false }
  try {
    return await look(signal, () => (progress.hasCome = true))
  } catch (cause) {
    outer.throwIfAborted()
    if (signal.aborted)
      return progress.hasCome
        ? { kind: 'unkept', problem: `it came, but was not looked through ${within}` }
        : { kind: 'silent', problem: `it did not come ${within}` }
    // A fault of the URL or of the archive is a fact and not an error.
    return ownFailure(cause)
  }
}

/** Of a system error, reports only the kind, because the rest names a directory that no longer exists. */
function ownFailure(cause: unknown): DownloadFacts {
  const problem = reasonOf(cause)
  return cause instanceof Error && 'syscall' in cause
    ? { kind: 'unkept', problem: problem.split(',', 1).join('') }
    : { kind: 'unread', problem }
}

async function fetchInto(
  directory: string,
  { open, download, mostBytes, daemon, now }: DownloadQuestion,
  signal: AbortSignal,
  onCame: () => void,
): Promise<DownloadFacts> {
  const room = await roomIn(directory, mostBytes)
  const { url, checksum } = download
  const path = join(directory, 'download')
  const hash: HashType = checksum?.type ?? 'sha256'
  // A download is resumed over several runs only if its final hash can be compared with a known one.
  const wanted = checksum && { url, hash, expected: checksum.hex }
  const resuming = wanted && {
    expected: checksum.hex,
    ...defined({ begun: await takePart(wanted, path, { now: now(), room }) }),
    onBegun: (mark: string | undefined) => notePart(wanted, path, mark),
    onCut: (mark: string) => keepPart(wanted, path, mark, now()),
  }
  const came = await fetchDownload({ open, url, path, hash, room, signal, ...resuming })
  if (came.kind !== 'came') return came
  onCame()
  // A file with another hash than the plan's is not examined.
  const content =
    checksum !== undefined && checksum.hex !== came.hash
      ? ({ kind: 'other' } as const)
      : await contentOf({ directory, path, download, mostBytes, ...defined({ daemon }) }, came.size, signal)
  return { kind: 'fetched', size: came.size, hash: came.hash, content }
}

/** Limits the size to half of the free space: a stranger decides how much comes, and the node may use the same disk. */
async function roomIn(directory: string, mostBytes: number): Promise<number> {
  const { bavail, bsize } = await statfs(directory)
  return Math.min(mostBytes, Math.floor((bavail * bsize) / 2))
}

interface Came extends Pick<DownloadQuestion, 'download' | 'daemon' | 'mostBytes'> {
  readonly directory: string
  readonly path: string
}

async function contentOf(came: Came, size: number, signal: AbortSignal): Promise<DownloadContent> {
  const { path, download } = came
  if (download.archive !== undefined) return unpackedContent(came, download.archive, signal)
  if (download.subdirectory !== undefined)
    return { kind: 'unfit', problem: 'is not an archive, but its address names a directory in it' }
  return programAt(path, size)
}

async function unpackedContent(
  { directory, path, mostBytes, daemon, download: { subdirectory } }: Came,
  packed: string,
  signal: AbortSignal,
): Promise<DownloadContent> {
  // Imported late, because few plans name an archive.
  const { unpackBinary, unpackedKind } = await import('./archive/unpackBinary.js')
  const archive = unpackedKind(packed)
  if (archive === undefined) return { kind: 'packed', archive: packed }
  const to = join(directory, 'binary')
  const room = await roomIn(directory, mostBytes)
  const question = { path, archive, to, mostBytes: room, ...defined({ daemon, subdirectory }) }
  const unpacked = await unpackBinary(question, signal)
  if (unpacked.kind !== 'unpacked') return unpacked
  const { size } = await stat(to)
  const sha256 = await hashFile(to, 'sha256', signal)
  return { ...(await programAt(to, size)), unpacked: { member: unpacked.member, sha256 } }
}

async function programAt(path: string, size: number): Promise<Extract<DownloadContent, { readonly kind: 'program' }>> {
  await chmod(path, 0o700)
  return { kind: 'program', path, size, format: readBinaryFormat(await beginningOf(path)) }
}
