import { createHash, type Hash } from 'node:crypto'
import { type FileHandle, open as openFile } from 'node:fs/promises'
import type { DownloadFacts } from '../domain/readiness/downloadFacts.js'
import type { HashType } from '../domain/readiness/plannedDownload.js'
import { DownloadError } from '../transport/DownloadError.js'
import type { OpenDownload, OpenedDownload } from '../transport/createDownloader.js'
import { failureOf, refusalIn, sizeIn } from './askForDownload.js'

export interface FetchOptions {
  readonly open: OpenDownload
  readonly url: URL
  /** Where it goes; a new file. */
  readonly path: string
  readonly hash: HashType
  /** No more is taken. Bytes. */
  readonly room: number
  readonly signal: AbortSignal
}

/** What came, before anybody looked into it. */
export interface Fetched {
  readonly kind: 'came'
  readonly size: number
  readonly hash: string
}

// Each goes on where the last one was cut, and must bring something.
const maxTries = 5

interface Progress {
  size: number
  hash: Hash
  announced: number | undefined
  etag: string | undefined
}

/**
 * Fetches a download piece by piece into a file and hashes it on the way. What is cut off is gone on with, where the
 * server gives parts of the same file. Rejects only with an abort, or where the file cannot be written.
 */
export async function fetchDownload(options: FetchOptions): Promise<Fetched | DownloadFacts> {
  const { path, hash, signal } = options
  const file = await openFile(path, 'wx', 0o600)
  try {
    const progress: Progress = { size: 0, hash: createHash(hash), announced: undefined, etag: undefined }
    for (let tries = 1; ; tries += 1) {
      const before = progress.size
      const ended = await fetchPart(options, file, progress)
      if (ended === 'whole') return { kind: 'came', size: progress.size, hash: progress.hash.digest('hex') }
      if (ended !== 'cut') return ended
      signal.throwIfAborted()
      if (tries === maxTries || progress.size <= before) return cutOff(progress)
    }
  } finally {
    await file.close()
  }
}

function cutOff({ size, announced }: Progress): DownloadFacts {
  return announced === undefined
    ? { kind: 'silent', problem: 'it was cut off' }
    : { kind: 'truncated', size, announced }
}

async function fetchPart(
  { open, url, hash, room, signal }: FetchOptions,
  file: FileHandle,
  progress: Progress,
): Promise<'whole' | 'cut' | DownloadFacts> {
  let answer: OpenedDownload | undefined
  try {
    answer = await open(url, { signal, ...(progress.size > 0 && { range: `bytes=${progress.size}-` }) })
    const refusal = refusalIn(answer)
    if (refusal !== undefined) return refusal
    if (!goesOn(answer, progress)) {
      await file.truncate(0)
      Object.assign(progress, { size: 0, hash: createHash(hash) })
    }
    progress.announced = sizeIn(answer)
    progress.etag = answer.header('etag')
    if (progress.announced !== undefined && progress.announced > room)
      return { kind: 'too-large', size: progress.announced, room }
    for await (const chunk of answer.body) {
      if (progress.size + chunk.byteLength > room)
        return { kind: 'too-large', size: progress.size + chunk.byteLength, room }
      await file.write(chunk, 0, chunk.byteLength, progress.size)
      progress.hash.update(chunk)
      progress.size += chunk.byteLength
    }
    return progress.announced === undefined || progress.size >= progress.announced ? 'whole' : 'cut'
  } catch (cause) {
    signal.throwIfAborted()
    if (!(cause instanceof DownloadError)) throw cause
    const isCut = cause.failure === 'unreachable' && (answer !== undefined || progress.size > 0)
    return isCut ? 'cut' : failureOf(cause)
  } finally {
    await answer?.close()
  }
}

/** True where the answer is the rest of what came so far. */
function goesOn({ status, header }: OpenedDownload, { size, etag }: Progress): boolean {
  if (size === 0) return true
  return (
    status === 206 &&
    (header('content-range') ?? '').startsWith(`bytes ${size}-`) &&
    (etag === undefined || header('etag') === etag)
  )
}
