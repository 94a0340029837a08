import { catchError, defer, EMPTY, finalize, from, map, type Observable } from 'rxjs'
import type { Notification } from '../../domain/notifications/notification.js'
import { isJsonObject, type Json } from '../../domain/text/json.js'
import type { ConnectOptions } from '../../remote/RemoteMonitor.js'
import { createFetchClient } from '../../transport/createFetchClient.js'
import { liveEventOf } from '../../views/live/liveEvent.js'
import { mostShown } from './Picture.js'

const timeoutMs = 10_000
const maxBytes = 8_000_000

/**
 * What the inbox of a govstream elsewhere holds, newest first. Completes without it where it is not given or not
 * understood: what comes from now on is told in another way.
 */
export function lastEvents({ url, token, fetch }: ConnectOptions): Observable<readonly Notification[]> {
  return defer(() => {
    const stop = new AbortController()
    const answer = createFetchClient(fetch).request({
      url: new URL(`api/v1/notifications?limit=${mostShown}`, url.endsWith('/') ? url : `${url}/`),
      ...(token !== undefined && { headers: { authorization: `Bearer ${token}` } }),
      timeoutMs,
      maxBytes,
      signal: stop.signal,
    })
    return from(answer).pipe(
      map(({ status, text }) => (status === 200 ? notificationsIn(text) : [])),
      catchError(() => EMPTY),
      finalize(() => stop.abort()),
    )
  })
}

function notificationsIn(text: string): readonly Notification[] {
  const body: unknown = JSON.parse(text)
  const items = isJsonObject(body) && Array.isArray(body['items']) ? body['items'] : []
  return items.flatMap((item: Json) => {
    const event = liveEventOf('notification', item)
    return event?.type === 'notification' ? [event.notification] : []
  })
}
