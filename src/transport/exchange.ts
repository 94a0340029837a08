import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'

/** The answer of a server, before it is decompressed. */
export interface RawAnswer {
  readonly status: number
  readonly headers: Readonly<IncomingHttpHeaders>
  /** The part that arrived. */
  readonly body: Buffer
  /** Why the rest is missing, if the answer was cut off after the headers. */
  readonly cut?: Error
}

/** Ends an exchange from outside, at once. If it still waits for a connection, nothing is sent. */
export interface Ending {
  end: (reason: Error) => void
}

export interface ExchangeOptions {
  /** Maximum size of the body, in bytes; a larger one ends with the error `tooLarge`. */
  readonly maxBytes: number
  readonly tooLarge: () => Error
  /** Its `end` is set by `exchange`. */
  readonly ending: Ending
}

/**
 * Sends one request over a dispatcher and collects the answer, without the streams and listeners of undici's `request`,
 * which cost as much as everything else for a small answer. Rejects if no headers arrive.
 */
export function exchange(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  { maxBytes, tooLarge, ending }: ExchangeOptions,
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    let head: Pick<RawAnswer, 'status' | 'headers'> | undefined
    let controller: Dispatcher.DispatchController | undefined
    let ended: Error | undefined
    let size = 0
    const chunks: Buffer[] = []
    const finish = (cut?: Error): void => {
      const [first = Buffer.alloc(0), ...others] = chunks
      const body = others.length === 0 ? first : Buffer.concat(chunks)
      if (head !== undefined) resolve({ ...head, body, ...(cut !== undefined && { cut }) })
      else reject(cut ?? new Error('The answer has no headers.'))
    }
    const end = (reason: Error): void => {
      ended ??= reason
      finish(reason)
      controller?.abort(reason)
    }
    ending.end = end
    dispatcher.dispatch(request, {
      onRequestStart(given) {
        controller = given
        if (ended !== undefined) given.abort(ended)
      },
      onResponseStart(_controller, status, headers) {
        // A 1xx status is informational; the real answer follows.
        if (status >= 200) head = { status, headers }
      },
      onResponseData(given, chunk) {
        size += chunk.byteLength
        if (size <= maxBytes) chunks.push(chunk)
        else given.abort(tooLarge())
      },
      onResponseEnd: () => finish(),
      onResponseError: (_controller, error) => finish(error),
    })
  })
}
