import type { Observable } from 'rxjs'
import type { Turn } from '../domain/chainState.js'
import { shareState } from '../streams/shareState.js'
import { iterable } from '../streams/toAsyncIterable.js'
import { changes, health, heads, notifications, trackProposals, trackUpgrades } from '../streams/views.js'
import { type LatestStates, snapshotOf } from './latestStates.js'
import type { Monitor } from './Monitor.js'

/** What a monitor shows of its chains: what happens, and how it stands. */
export function viewsOf(
  turn$: Observable<Turn>,
  { live, left$, known, find }: LatestStates,
): Omit<Monitor, 'run' | 'sync' | 'reload' | typeof Symbol.asyncDispose> {
  return {
    heads$: iterable(turn$.pipe(heads(live))),
    changes$: iterable(turn$.pipe(changes())),
    proposals$: iterable(turn$.pipe(trackProposals(live, left$), shareState())),
    upgrades$: iterable(turn$.pipe(trackUpgrades(live, left$), shareState())),
    notifications$: iterable(turn$.pipe(notifications())),
    health$: iterable(turn$.pipe(health(live))),
    snapshot: () => snapshotOf(known()),
    find,
  }
}
