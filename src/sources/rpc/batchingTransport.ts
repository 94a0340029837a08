import { BaseError, custom, type CustomTransport, HttpRequestError } from 'viem'
import { confirmOrder } from '../../transport/confirmOrder.js'
import { createBatches } from '../../transport/createBatches.js'
import { batchSender, type NodeOptions, type RpcAnswer, type RpcCall } from './sendBatch.js'

export interface BatchingOptions extends NodeOptions {
  /** Maximum number of calls in one request. */
  readonly batchSize: number
}

interface Waiting {
  readonly call: RpcCall
  readonly resolve: (result: unknown) => void
  readonly reject: (cause: unknown) => void
}

// Used because browsers have no `setImmediate`.
const soon = (act: () => void): unknown => (typeof setImmediate === 'function' ? setImmediate(act) : setTimeout(act, 0))

const never = new AbortController().signal

/**
 * Creates a viem transport over our own HTTP client. Calls made in one turn of the event loop with the same signal go
 * out as one JSON-RPC batch, or as smaller batches if the node accepts fewer calls. It does not retry; that is up to
 * the caller.
 */
export function batchingTransport(options: BatchingOptions): CustomTransport {
  const ask = createBatches<RpcCall, RpcAnswer>({
    most: options.batchSize,
    isSameRefusal: (answer, refusal) =>
      !answer.ok && refusal instanceof BaseError && answer.error.details === refusal.details,
    send: confirmOrder({
      send: batchSender(options),
      contentOf: (answer) => (answer.ok ? answer.result : answer.error.details),
      mismatch: (calls) =>
        new HttpRequestError({
          url: `//${options.url.host}`,
          details: `it mixed up the answers to a batch of ${calls} calls`,
        }),
    }),
  })
  const queues = new Map<AbortSignal, Waiting[]>()

  const flush = (signal: AbortSignal): void => {
    const queue = queues.get(signal) ?? []
    queues.delete(signal)
    ask(
      queue.map(({ call }) => call),
      signal,
    ).then(
      (answers) => {
        for (const [at, { resolve, reject }] of queue.entries()) {
          const answer = answers[at]
          if (answer?.ok === true) resolve(answer.result)
          else reject(answer?.error ?? new Error('The node left a call out.'))
        }
      },
      (cause: unknown) => {
        for (const { reject } of queue) reject(cause)
      },
    )
  }

  return custom(
    {
      request: (call: RpcCall, { signal = never }: { readonly signal?: AbortSignal } = {}) =>
        new Promise<unknown>((resolve, reject) => {
          const waiting = { call, resolve, reject }
          const queue = queues.get(signal)
          if (queue !== undefined) {
            queue.push(waiting)
            return
          }
          queues.set(signal, [waiting])
          // Runs after every promise of this turn, so that calls that belong together share a batch.
          soon(() => flush(signal))
        }),
    },
    { key: 'http', name: 'JSON-RPC batches over HTTP', retryCount: 0 },
  )
}
