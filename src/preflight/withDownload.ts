import { chmod, mkdtemp, rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readBinaryFormat } from '../domain/readiness/binaryFormat.js'
import type { DownloadContent, DownloadFacts } from '../domain/readiness/downloadFacts.js'
import { reasonOf } from '../domain/errors.js'
import type { HashType, PlannedDownload } from '../domain/readiness/plannedDownload.js'
import type { OpenDownload } from '../transport/createDownloader.js'
import { askForDownload } from './askForDownload.js'
import { beginningOf } from './beginningOf.js'
import { fetchDownload } from './fetchDownload.js'

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
  const directory = await mkdtemp(join(tmpdir(), 'govstream-preflight-'))
  try {
    return await use(await observe(question, directory, signal))
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

async function observe(
  { open, download, fetches, limitMs, mostBytes }: DownloadQuestion,
  directory: string,
  outer: AbortSignal,
): Promise<DownloadFacts> {
  const signal = AbortSignal.any([outer, AbortSignal.timeout(limitMs)])
  try {
    const { bavail, bsize } = await statfs(directory)
    const room = Math.min(mostBytes, bavail * bsize)
    const { url, checksum } = download
    if (!fetches) return await askForDownload(open, url, room, signal)
    const path = join(directory, 'download')
    const hash: HashType = checksum?.type ?? 'sha256'
    const came = await fetchDownload({ open, url, path, hash, room, signal })
    if (came.kind !== 'came') return came
    // What is not what the plan means is not looked into.
    const content =
      checksum !== undefined && checksum.hex !== came.hash
        ? ({ kind: 'other' } as const)
        : await contentOf(path, download, came.size)
    return { kind: 'fetched', size: came.size, hash: came.hash, content }
  } catch (cause) {
    outer.throwIfAborted()
    const problem = signal.aborted ? `it did not come within ${limitMs / 1000} s` : reasonOf(cause)
    return { kind: 'silent', problem }
  }
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
