import { readProxies } from '../config/environment.js'
import { redactor } from '../domain/secrets/redactor.js'
import type { HttpClient } from '../transport/HttpClient.js'
import { createHttpClient } from '../transport/createHttpClient.js'

const timeoutMs = 30_000

/** How a URL is asked that no configuration holds yet: through the proxies of the environment, its secrets hidden. */
export function reachUrl(url: string): {
  readonly url: string
  readonly timeoutMs: number
  readonly http: HttpClient
  readonly conceal: (text: string) => string
} {
  const proxies = readProxies()
  const conceal = redactor({ urls: [url, ...[proxies.http, proxies.https].filter((proxy) => proxy !== undefined)] })
  return { url, timeoutMs, http: createHttpClient({ proxies }), conceal }
}
