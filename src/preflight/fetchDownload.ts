import { createHash, type Hash } from 'node:crypto'
import { type FileHandle, open as openFile } from 'node:fs/promises'
import { defined } from '../domain/defined.js'
import type { DownloadFacts } from '../domain/readiness/downloadFacts.js'
import type { HashType } from '../domain/readiness/plannedDownload.js'
import { DownloadError } from '../transport/DownloadError.js'
import type { OpenDownload, OpenedDownload } from '../transport/createDownloader.js'
import { failureOf, refusalIn, sizeIn } from './askForDownload.js'

export interface FetchOptions {
  readonly open: OpenDownload
  readonly url: URL
  /** Path of the file; a new file unless `begun` is set. */
  readonly path: string
  readonly hash: HashType
  /**
   * The hash in the plan, in lower-case hex. If parts of several answers give another hash, the file is fetched again.
   */
  readonly expected?: string
  /** The validator (ETag or date) of the file whose beginning is already at the path. */
  readonly begun?: string
  /** Maximum size, in bytes. */
  readonly room: number
  readonly signal: AbortSignal
  /** Called with the validator of the file, or undefined if it has none, before any content is written. */
  readonly onBegun?: (mark: string | undefined) => Promise<void>
  /** Called with the validator of the file if only its beginning arrived. The beginning is at the path, closed. */
  readonly onCut?: (mark: string) => Promise<void>
}

/** A complete download, before its content is examined. */
export interface Fetched {
  readonly kind: 'came'
  readonly size: number
  readonly hash: string
}

// Maximum number of tries. Each resumes where the last one was cut off, and must make progress.
const maxTries = 5

interface Progress {
  size: number
  hash: Hash
  announced: number | undefined
  /** The validator of the file (ETag or date), if the server sends one. */
  mark: string | undefined
  /** True if the content comes from more than one answer. */
  isPatched: boolean
}

type Ended = 'whole' | 'cut' | 'stale' | DownloadFacts

/**
 * Downloads into a file and computes its hash on the way. If the connection is cut off, the download resumes, provided
 * the server serves ranges of the same file. Rejects only if it is aborted, or if the file cannot be written.
 */
export async function fetchDownload(options: FetchOptions): Promise<Fetched | DownloadFacts> {
  const { path, hash, begun: mark, signal, onCut } = options
  const file = await openFile(path, mark === undefined ? 'wx' : 'r+', 0o600)
  const progress: Progress = { ...nothing(hash), announced: undefined, mark }
  let came: Fetched | DownloadFacts | undefined
  try {
    if (mark !== undefined) await readBegun(file, progress, signal)
    came = await fetchParts(options, file, progress)
    return came
  } finally {
    await file.close()
    const isCut = came === undefined ? signal.aborted : came.kind === 'silent' || came.kind === 'truncated'
    const begun = strongMark(progress.mark)
    if (isCut && progress.size > 0 && begun !== undefined) await onCut?.(begun)
  }
}

async function fetchParts(
  options: FetchOptions,
  file: FileHandle,
  progress: Progress,
): Promise<Fetched | DownloadFacts> {
  const { hash, expected, signal } = options
  for (let tries = 1; ; tries += 1) {
    const before = progress.size
    const ended = await fetchPart(options, file, progress)
    signal.throwIfAborted()
    if (ended === 'whole') {
      const came: Fetched = { kind: 'came', size: progress.size, hash: progress.hash.digest('hex') }
      // The file may have changed between its parts: only one that came in a single answer proves that the hash is
      // wrong.
      if (!progress.isPatched || expected === undefined || came.hash === expected || tries === maxTries) return came
      await beginAnew(hash, file, progress)
    } else if (ended === 'stale') {
      if (tries === maxTries) return cutOff(progress)
      await beginAnew(hash, file, progress)
    } else if (ended !== 'cut') return ended
    else if (tries === maxTries || progress.size <= before) return cutOff(progress)
  }
}

function nothing(hash: HashType): Pick<Progress, 'size' | 'hash' | 'isPatched'> {
  return { size: 0, hash: createHash(hash), isPatched: false }
}

/** Reads what an earlier run left. Some of it may be lost after a power cut; the hash of the whole file shows that. */
async function readBegun(file: FileHandle, progress: Progress, signal: AbortSignal): Promise<void> {
  const buffer = Buffer.allocUnsafe(1_048_576)
  for (;;) {
    signal.throwIfAborted()
    const { bytesRead } = await file.read(buffer, 0, buffer.length, progress.size)
    if (bytesRead === 0) break
    progress.hash.update(buffer.subarray(0, bytesRead))
    progress.size += bytesRead
  }
  progress.isPatched = true
}

async function beginAnew(hash: HashType, file: FileHandle, progress: Progress): Promise<void> {
  await file.truncate(0)
  Object.assign(progress, nothing(hash))
}

function cutOff({ size, announced }: Progress): DownloadFacts {
  return announced === undefined
    ? { kind: 'silent', problem: 'it was cut off' }
    : { kind: 'truncated', size, announced }
}

async function fetchPart(
  { open, url, hash, room, signal, onBegun }: FetchOptions,
  file: FileHandle,
  progress: Progress,
): Promise<Ended> {
  let answer: OpenedDownload | undefined
  try {
    const rest = { range: `bytes=${progress.size}-`, ...defined({ ifRange: strongMark(progress.mark) }) }
    answer = await open(url, { signal, ...(progress.size > 0 && rest) })
    // Nothing follows what arrived, or the file is shorter by now.
    if (answer.status === 416 && progress.size > 0) return isAll(answer, progress) ? 'whole' : 'stale'
    const refusal = refusalIn(answer)
    if (refusal !== undefined) return refusal
    if (continuesDownload(answer, progress)) progress.isPatched = progress.size > 0
    else if (isFromTheStart(answer)) await beginAnew(hash, file, progress)
    else return 'stale'
    progress.announced = sizeIn(answer)
    progress.mark = markOf(answer)
    if (progress.announced !== undefined && progress.announced > room)
      return { kind: 'too-large', size: progress.announced, room }
    let isNoted = false
    for await (const chunk of answer.body) {
      // Waits for the first chunk: data that arrives while nobody reads is lost if the connection ends.
      if (!isNoted) await onBegun?.(strongMark(progress.mark))
      isNoted = true
      if (progress.size + chunk.byteLength > room)
        return { kind: 'too-large', size: progress.size + chunk.byteLength, room }
      await file.write(chunk, 0, chunk.byteLength, progress.size)
      progress.hash.update(chunk)
      progress.size += chunk.byteLength
    }
    return progress.announced === undefined || progress.size >= progress.announced ? 'whole' : 'cut'
  } catch (cause) {
    signal.throwIfAborted()
    if (isOfDisk(cause)) throw cause
    const isCut =
      cause instanceof DownloadError && cause.failure === 'unreachable' && (answer !== undefined || progress.size > 0)
    return isCut ? 'cut' : failureOf(cause)
  } finally {
    await answer?.close()
  }
}

/** Returns true for an error of our own file. System errors of the connection come as a `DownloadError`. */
function isOfDisk(cause: unknown): boolean {
  return cause instanceof Error && !(cause instanceof DownloadError) && 'syscall' in cause
}

/** Returns true if the answer continues what arrived so far. */
function continuesDownload(answer: OpenedDownload, { size, announced, mark }: Progress): boolean {
  if (size === 0) return true
  const { status, header } = answer
  const total = sizeIn(answer)
  return (
    status === 206 &&
    (header('content-range') ?? '').startsWith(`bytes ${size}-`) &&
    (announced === undefined || total === undefined || total === announced) &&
    (mark === undefined || markOf(answer) === mark)
  )
}

function isFromTheStart({ status, header }: OpenedDownload): boolean {
  return status === 200 || (header('content-range') ?? '').startsWith('bytes 0-')
}

function isAll({ header }: OpenedDownload, { size }: Progress): boolean {
  return header('content-range') === `bytes */${size}`
}

function markOf({ header }: OpenedDownload): string | undefined {
  return header('etag') ?? header('last-modified')
}

/** Returns a strong validator; undefined for a weak one, which may stand for several states of the file. */
function strongMark(mark: string | undefined): string | undefined {
  return mark?.startsWith('W/') === true ? undefined : mark
}
