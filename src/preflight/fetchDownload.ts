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
  /** Where it goes; a new file, unless it is begun. */
  readonly path: string
  readonly hash: HashType
  /** What the plan says it hashes to: where parts of several answers do not, it is fetched anew. Lower-case hex. */
  readonly expected?: string
  /** The mark of the file whose beginning is at the path already. */
  readonly begun?: string
  /** No more is taken. Bytes. */
  readonly room: number
  readonly signal: AbortSignal
  /** Told the mark of the file before any of it comes, or that it has none. */
  readonly onBegun?: (mark: string | undefined) => Promise<void>
  /** Told the mark of the file where only its beginning came: it lies at the path, closed. */
  readonly onCut?: (mark: string) => Promise<void>
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
  /** Names the state of the file, where the server tells it. */
  mark: string | undefined
  /** True where it comes from more than one answer. */
  isPatched: boolean
}

type Ended = 'whole' | 'cut' | 'stale' | DownloadFacts

/**
 * Fetches a download piece by piece into a file and hashes it on the way. What is cut off is gone on with, where the
 * server gives parts of the same file. Rejects only with an abort, or where the file cannot be written.
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
      // The file may have changed between its parts: only one that came in one piece tells against the plan.
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

/** What an earlier look left. A machine that lost power may have lost some of it: the whole is hashed in the end. */
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
    // There is nothing after what came, or the file is a shorter one by now.
    if (answer.status === 416 && progress.size > 0) return isAll(answer, progress) ? 'whole' : 'stale'
    const refusal = refusalIn(answer)
    if (refusal !== undefined) return refusal
    if (goesOn(answer, progress)) progress.isPatched = progress.size > 0
    else if (isFromTheStart(answer)) await beginAnew(hash, file, progress)
    else return 'stale'
    progress.announced = sizeIn(answer)
    progress.mark = markOf(answer)
    if (progress.announced !== undefined && progress.announced > room)
      return { kind: 'too-large', size: progress.announced, room }
    let isNoted = false
    for await (const chunk of answer.body) {
      // Not before something came: what comes while nobody reads is lost where the connection ends.
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

/** What the way to the address says of the system comes as a `DownloadError`: all else is about our own file. */
function isOfDisk(cause: unknown): boolean {
  return cause instanceof Error && !(cause instanceof DownloadError) && 'syscall' in cause
}

/** True where the answer is the rest of what came so far. */
function goesOn(answer: OpenedDownload, { size, announced, mark }: Progress): boolean {
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

/** A mark that no other state of the file has, as far as its server knows: a weak one may stand for several. */
function strongMark(mark: string | undefined): string | undefined {
  return mark?.startsWith('W/') === true ? undefined : mark
}
