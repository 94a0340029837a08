import { readProxies } from '../config/environment.js'
import { redactor } from '../domain/secrets/redactor.js'
import type { HttpClient } from '../transport/HttpClient.js'
import { createHttpClient } from '../transport/createHttpClient.js'

const timeoutMs = 30_000

/** Returns how to request a URL without a configuration: through the environment's proxies, with secrets concealed. */
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
