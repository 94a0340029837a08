import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'

/** What a server sent, before it is unpacked. */
export interface RawAnswer {
  readonly status: number
  readonly headers: Readonly<IncomingHttpHeaders>
  /** As far as it came. */
  readonly body: Buffer
  /** Why there is no more of it, where something cut it off after the headers. */
  readonly cut?: Error
}

/** Ends an exchange from outside, at once: also while it waits for a connection, and then nothing is sent. */
export interface Ending {
  end: (reason: Error) => void
}

export interface ExchangeOptions {
  /** Of the body no more is taken; more of it is `tooLarge`. */
  readonly maxBytes: number
  readonly tooLarge: () => Error
  /** Filled in here. */
  readonly ending: Ending
}

/**
 * One request over a dispatcher and its answer, without the streams and listeners of undici's `request`: those cost as
 * much as all else that a small answer does. Rejects where no headers came.
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
        // What comes before is information.
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
