import type { HttpClient } from '../transport/HttpClient.js'
import { unanswered } from './askService.js'

const longestCheckMs = 10_000

/**
 * Checks that an address answers. Any answer to a HEAD counts, because receivers that only take a POST refuse it.
 *
 * @throws DeliveryError if there is no answer.
 */
export async function checkAddress(
  address: string,
  { http, signal, timeoutMs }: { readonly http: HttpClient; readonly signal: AbortSignal; readonly timeoutMs: number },
): Promise<string> {
  const url = new URL(address)
  const { status } = await http
    .request({
      url,
      method: 'HEAD',
      timeoutMs: Math.min(timeoutMs, longestCheckMs),
      maxBytes: 0,
      statusOnly: true,
      signal,
    })
    .catch((cause: unknown) => {
      throw unanswered(cause, url.host)
    })
  return `${url.host} answers (HTTP ${status} to a HEAD).`
}
