import { defer, EMPTY, ignoreElements, type Observable } from 'rxjs'
import type { Turn } from '../domain/chainState.js'
import type { NotificationRoute, Store } from './Store.js'

/** Commits a turn on subscription and completes when it is durable. */
export function commitTurn(store: Pick<Store, 'commit'>, turn: Turn, route: NotificationRoute): Observable<never> {
  return defer(() => store.commit(turn, route) ?? EMPTY).pipe(ignoreElements())
}
