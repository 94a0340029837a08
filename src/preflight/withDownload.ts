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
  /** Name of the binary, by which it is looked for in an archive. Absent where nobody knows it. */
  readonly daemon?: string
  /** False only asks for its first byte. */
  readonly fetches: boolean
  /** From the first byte to the last. Milliseconds. */
  readonly limitMs: number
  /** No more is taken, whatever the disk has room for. */
  readonly mostBytes: number
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
}

/**
 * Asks for a download, or fetches it into a directory that only we can read and looks into it. What is fetched lies
 * there for as long as `use` runs. Rejects only with an abort, and as `use` does.
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
    // What is wrong with its address is a fact, and so is what is wrong with an archive.
    return ownFailure(cause)
  }
}

/** Of a system error only its kind: the rest names a directory that is gone by then. */
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
  // Only what is hashed to something known in the end is put together from the parts of several looks.
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
  // What is not what the plan means is not looked into.
  const content =
    checksum !== undefined && checksum.hex !== came.hash
      ? ({ kind: 'other' } as const)
      : await contentOf({ directory, path, download, mostBytes, ...defined({ daemon }) }, came.size, signal)
  return { kind: 'fetched', size: came.size, hash: came.hash, content }
}

/** A stranger decides how much comes, and the node may live on the same disk: half of it is left free. */
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
    return { kind: 'unfit', problem: 'is no archive, and its address names a directory in it' }
  return programAt(path, size)
}

async function unpackedContent(
  { directory, path, mostBytes, daemon, download: { subdirectory } }: Came,
  packed: string,
  signal: AbortSignal,
): Promise<DownloadContent> {
  // Few plans name one: whoever looks at nothing else does not load what takes it apart.
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
