import { chmod, statfs } from 'node:fs/promises'
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
import { withPrivateDirectory } from './withPrivateDirectory.js'

export interface DownloadQuestion {
  readonly open: OpenDownload
  readonly download: PlannedDownload
  /** False only asks for its first byte. */
  readonly fetches: boolean
  /** From the first byte to the last. Milliseconds. */
  readonly limitMs: number
  /** No more is taken, whatever the disk has room for. */
  readonly mostBytes: number
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
  let isPlaced = false
  try {
    return await withPrivateDirectory(async (directory) => {
      isPlaced = true
      return use(await inTime(question, (own) => fetchInto(directory, question, own), signal))
    })
  } catch (cause) {
    if (isPlaced) throw cause
    return use({ kind: 'unplaced', problem: reasonOf(cause) })
  }
}

async function inTime(
  { limitMs }: Pick<DownloadQuestion, 'limitMs'>,
  look: (signal: AbortSignal) => Promise<DownloadFacts>,
  outer: AbortSignal,
): Promise<DownloadFacts> {
  const signal = AbortSignal.any([outer, AbortSignal.timeout(limitMs)])
  try {
    return await look(signal)
  } catch (cause) {
    outer.throwIfAborted()
    const problem = signal.aborted ? `it did not come within ${limitMs / 1000} s` : reasonOf(cause)
    return { kind: 'silent', problem }
  }
}

async function fetchInto(
  directory: string,
  { open, download, mostBytes }: DownloadQuestion,
  signal: AbortSignal,
): Promise<DownloadFacts> {
  const { bavail, bsize } = await statfs(directory)
  // A stranger decides how much comes: the node may live on the same disk.
  const room = Math.min(mostBytes, Math.floor((bavail * bsize) / 2))
  const { url, checksum } = download
  const path = join(directory, 'download')
  const hash: HashType = checksum?.type ?? 'sha256'
  const came = await fetchDownload({ open, url, path, hash, room, signal, ...defined({ expected: checksum?.hex }) })
  if (came.kind !== 'came') return came
  // What is not what the plan means is not looked into.
  const content =
    checksum !== undefined && checksum.hex !== came.hash
      ? ({ kind: 'other' } as const)
      : await contentOf(path, download, came.size)
  return { kind: 'fetched', size: came.size, hash: came.hash, content }
}

async function contentOf(path: string, { archive }: PlannedDownload, size: number): Promise<DownloadContent> {
  if (archive !== undefined) return { kind: 'packed', archive }
  await chmod(path, 0o700)
  return {
    kind: 'program',
    path,
    size,
    format: readBinaryFormat(await beginningOf(path)),
  }
}
