import type { Config } from '../config/schema.js'
import { reasonOf } from '../domain/errors.js'
import { RequestError } from '../transport/RequestError.js'
import type { Outside } from './outsideOf.js'

export interface HandlerReport {
  readonly name: string
  readonly summary: string
  /** Why its address cannot be reached, and what to do. */
  readonly problem?: string
}

const longestMs = 10_000

/**
 * Tries the address of each handler that has one, without sending it a notification: any answer to a HEAD counts, for
 * receivers that take a POST alone refuse it.
 */
export function inspectHandlers(
  { notifier }: Config,
  { http, conceal }: Outside,
  signal: AbortSignal,
): Promise<readonly HandlerReport[]> {
  const withAddress = notifier.handlers.flatMap((handler) => (handler.type === 'webhook' ? [handler] : []))
  return Promise.all(
    withAddress.map(async ({ name, url: written, timeout }) => {
      const url = new URL(written)
      try {
        const { status } = await http.request({
          url,
          method: 'HEAD',
          timeoutMs: Math.min(timeout, longestMs),
          maxBytes: 0,
          statusOnly: true,
          signal,
        })
        return { name, summary: `${name}: ${url.host} answers (HTTP ${status} to a HEAD).` }
      } catch (cause) {
        const problem = conceal(
          cause instanceof RequestError ? `${name}: ${url.host} ${cause.message}` : `${name}: ${reasonOf(cause)}`,
        )
        return { name, summary: problem, problem }
      }
    }),
  )
}
