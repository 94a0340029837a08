import type { DownloadFacts } from '../domain/readiness/downloadFacts.js'
import { reasonOf } from '../domain/errors.js'
import { DownloadError } from '../transport/DownloadError.js'
import type { OpenDownload, OpenedDownload } from '../transport/createDownloader.js'

/**
 * Requests the first byte of a download to learn whether the server answers and how large the file is. More than `most`
 * bytes are too many. Rejects only if it is aborted.
 */
export async function askForDownload(
  open: OpenDownload,
  url: URL,
  most: number,
  signal: AbortSignal,
): Promise<DownloadFacts> {
  try {
    const answer = await open(url, { range: 'bytes=0-0', signal })
    await answer.close()
    const refusal = refusalIn(answer)
    if (refusal !== undefined) return refusal
    const size = sizeIn(answer)
    if (size !== undefined && size > most) return { kind: 'too-large', size, room: most }
    return { kind: 'answered', ...(size !== undefined && { size }) }
  } catch (cause) {
    signal.throwIfAborted()
    return failureOf(cause)
  }
}

/** Returns the reason why a status means that there is no download; undefined if a body follows. */
export function refusalIn({ status }: Pick<OpenedDownload, 'status'>): DownloadFacts | undefined {
  if (status === 200 || status === 206) return undefined
  // An empty file has no first byte.
  if (status === 416) return { kind: 'missing', problem: 'it is empty' }
  const isOver = status >= 400 && status < 500 && status !== 408 && status !== 425 && status !== 429
  return { kind: isOver ? 'missing' : 'silent', problem: `its server answers with HTTP ${status}` }
}

export function failureOf(cause: unknown): DownloadFacts {
  if (!(cause instanceof DownloadError)) return { kind: 'silent', problem: reasonOf(cause) }
  return { kind: cause.failure === 'refused' ? 'refused' : 'silent', problem: cause.message }
}

/** Returns the size of the whole file; undefined if the server does not tell it. */
export function sizeIn({ status, header }: Pick<OpenedDownload, 'status' | 'header'>): number | undefined {
  const written =
    status === 206 ? /^bytes \d+-\d+\/(\d+)$/.exec(header('content-range') ?? '')?.[1] : header('content-length')
  const size = /^\d{1,16}$/.test(written ?? '') ? Number(written) : undefined
  return size !== undefined && Number.isSafeInteger(size) ? size : undefined
}
