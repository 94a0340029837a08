import { map, type Observable } from 'rxjs'
import type { Notification } from '../../domain/notifications/notification.js'
import { isJsonObject, type Json } from '../../domain/text/json.js'
import type { ConnectOptions } from '../../remote/RemoteMonitor.js'
import { liveEventOf } from '../../views/live/liveEvent.js'
import { askRemote } from './askRemote.js'
import { mostShown } from './Picture.js'

/**
 * Emits the inbox of a remote govstream, newest first. Completes without a value if the request fails or the answer is
 * not understood; later events come another way.
 */
export function lastEvents(options: ConnectOptions): Observable<readonly Notification[]> {
  return askRemote(options, `api/v1/notifications?limit=${mostShown}`).pipe(map(notificationsIn))
}

function notificationsIn(body: unknown): readonly Notification[] {
  const items = isJsonObject(body) && Array.isArray(body['items']) ? body['items'] : []
  return items.flatMap((item: Json) => {
    const event = liveEventOf('notification', item)
    return event?.type === 'notification' ? [event.notification] : []
  })
}
