import { concatMap, type Observable } from 'rxjs'
import type { Turn } from '../domain/chainState.js'
import type { Change } from '../domain/change.js'
import type { Notification } from '../domain/notification.js'

export function changesOf(turn$: Observable<Turn>): Observable<Change> {
  return turn$.pipe(concatMap(({ changes }) => changes))
}

export function notificationsOf(turn$: Observable<Turn>): Observable<Notification> {
  return turn$.pipe(concatMap(({ tellings }) => tellings.map(({ notification }) => notification)))
}
