import { concatMap, distinctUntilChanged, groupBy, map, mergeMap, type Observable } from 'rxjs'
import type { Turn } from '../domain/chainState.js'
import type { Change } from '../domain/change.js'
import { type Head, isSameBlock } from '../domain/head.js'
import type { Health } from '../domain/health.js'
import type { Notification } from '../domain/notification.js'

export function headsOf(turn$: Observable<Turn>): Observable<Head & { readonly chain: string }> {
  return turn$.pipe(
    // One group a chain: bounded by the configuration.
    groupBy(({ state }) => state.chain),
    mergeMap((chain$) => chain$.pipe(
      concatMap(({ state: { chain, head } }) => (head === undefined ? [] : [{ chain, ...head }])),
      distinctUntilChanged((a, b) => isSameBlock(a, b)),
    )),
  )
}

export function changesOf(turn$: Observable<Turn>): Observable<Change> {
  return turn$.pipe(concatMap(({ changes }) => changes))
}

export function notificationsOf(turn$: Observable<Turn>): Observable<Notification> {
  return turn$.pipe(concatMap(({ tellings }) => tellings.map(({ notification }) => notification)))
}

export function healthOf(turn$: Observable<Turn>): Observable<Health> {
  return turn$.pipe(
    groupBy(({ state }) => state.chain),
    mergeMap((chain$) => chain$.pipe(map(({ state: { health } }) => health), distinctUntilChanged())),
  )
}
