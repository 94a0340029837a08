import { createFetchClient } from '../../transport/createFetchClient.js'
import type { HttpClient } from '../../transport/HttpClient.js'
import type { RequestContext } from './requestJson.js'

/** How to reach a server. */
export interface RequestContextOptions {
  /** Maximum wait for one answer, in milliseconds. */
  readonly timeoutMs: number
  /** @defaultValue 32 MiB */
  readonly maxBytes?: number
  /** @defaultValue the `fetch` of the host */
  readonly http?: HttpClient
  /** Sent with every request. @defaultValue none */
  readonly headers?: Readonly<Record<string, string>>
  /** Removes secrets from the text of a server's refusal. @defaultValue removes nothing */
  readonly conceal?: (text: string) => string
  /** Returns the time in Unix milliseconds. @defaultValue the clock of the host */
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
