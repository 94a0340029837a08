import { connect, map, merge, mergeMap, type MonoTypeOperatorFunction, type Observable, takeUntil } from 'rxjs'
import type { Turn } from '../domain/chainState.js'
import type { Health } from '../domain/health.js'
import { endOf } from '../streams/endOf.js'
import { shareState } from '../streams/shareState.js'
import { iterable } from '../streams/toAsyncIterable.js'
import { changes, health, heads, notifications, trackProposals, trackUpgrades } from '../streams/views.js'
import { type LatestStates, snapshotOf } from './latestStates.js'
import type { Monitor } from './Monitor.js'

/** The streams and the snapshot of a monitor. */
export function viewsOf(
  turn$: Observable<Turn>,
  { kept, live, left$, known, find, shownHealth, writability$ }: LatestStates,
): Omit<Monitor, 'run' | 'sync' | 'reload' | typeof Symbol.asyncDispose> {
  return {
    heads$: iterable(turn$.pipe(heads(live))),
    changes$: iterable(turn$.pipe(changes())),
    proposals$: iterable(turn$.pipe(trackProposals(live, left$), shareState())),
    upgrades$: iterable(turn$.pipe(trackUpgrades(live, left$), shareState())),
    notifications$: iterable(turn$.pipe(notifications())),
    health$: iterable(turn$.pipe(health(kept), whileUnwritable({ live, shownHealth, writability$ }))),
    snapshot: () => snapshotOf(known()),
    find,
  }
}

/**
 * Converts the health to the shown one, and emits that of all chains again when the state becomes unwritable or
 * writable.
 */
function whileUnwritable({
  live,
  shownHealth,
  writability$,
}: Pick<LatestStates, 'live' | 'shownHealth' | 'writability$'>): MonoTypeOperatorFunction<Health> {
  return connect((health$) =>
    merge(
      health$.pipe(map(shownHealth)),
      writability$.pipe(
        mergeMap(() => [...live()].map(({ health: shown }) => shown)),
        takeUntil(endOf(health$)),
      ),
    ),
  )
}
