import { createFetchClient } from '../../transport/createFetchClient.js'
import type { HttpClient } from '../../transport/HttpClient.js'
import type { RequestContext } from './requestJson.js'

/** What may be said of how servers are reached. */
export interface RequestContextOptions {
  /** Longest wait for one answer, in milliseconds. */
  readonly timeoutMs: number
  /** @defaultValue 32 MiB */
  readonly maxBytes?: number
  /** @defaultValue the `fetch` of the host */
  readonly http?: HttpClient
  /** Sent with every request. @defaultValue none */
  readonly headers?: Readonly<Record<string, string>>
  /** Takes the secrets out of what a server says where it refuses. @defaultValue takes nothing out */
  readonly conceal?: (text: string) => string
  /** Host clock, Unix milliseconds. @defaultValue that of the host */
  readonly now?: () => number
}

export function requestContext({
  timeoutMs,
  maxBytes = 32 * 1024 * 1024,
  http = createFetchClient(),
  headers = {},
  conceal = (text) => text,
  now = Date.now,
}: RequestContextOptions): RequestContext {
  return { timeoutMs, maxBytes, http, headers, conceal, now }
}
