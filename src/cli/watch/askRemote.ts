import { catchError, defer, EMPTY, finalize, from, map, type Observable } from 'rxjs'
import type { ConnectOptions } from '../../remote/RemoteMonitor.js'
import { createFetchClient } from '../../transport/createFetchClient.js'

const timeoutMs = 10_000
const maxBytes = 8_000_000

/**
 * Requests a path of a remote govstream and emits the JSON. Completes without a value if the request fails or the
 * answer is not understood, because `watch` still shows the rest.
 */
export function askRemote({ url, token, fetch }: ConnectOptions, path: string): Observable<unknown> {
  return defer(() => {
    const stop = new AbortController()
    const answer = createFetchClient(fetch).request({
      url: new URL(path, url.endsWith('/') ? url : `${url}/`),
      ...(token !== undefined && { headers: { authorization: `Bearer ${token}` } }),
      timeoutMs,
      maxBytes,
      signal: stop.signal,
    })
    return from(answer).pipe(
      map(({ status, text }): unknown => (status === 200 ? JSON.parse(text) : undefined)),
      catchError(() => EMPTY),
      finalize(() => stop.abort()),
    )
  })
}
