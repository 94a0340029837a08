import { concat, concatMap, defer, finalize, map, merge, type Observable, skip, takeUntil } from 'rxjs'
import type { Turn } from '../../domain/chainState.js'
import { retryWhileUnwritable } from '../../store/retryWhileUnwritable.js'
import { whilePresent } from '../../streams/whilePresent.js'
import type { CurrentSetup } from '../currentSetup.js'
import type { SyncResult } from '../Monitor.js'
import type { Setup } from '../setUp.js'
import { type RebuiltOptions, rebuiltTurns } from './rebuiltTurns.js'
import { serveSyncRequests } from '../control/serveSyncRequests.js'
import { chainTurns, type TurnsOptions } from './chainTurns.js'
import { recordReload } from './recordReload.js'

export interface WatchOptions extends Omit<TurnsOptions, 'setup'>, Pick<CurrentSetup, 'setup' | 'setup$'> {
  /** Polls every chain now. */
  readonly readAll: () => Observable<readonly SyncResult[]>
  /** Called with the name of a chain that is no longer watched. */
  readonly onGone: (chain: string) => void
}

/**
 * Emits the turns of all chains over one store: first those that announce a damaged state, then those of the polls. A
 * chain that a new configuration does not change goes on untouched; a changed one finishes its turn and starts again
 * from the state.
 */
export function watchChains({ setup$, setup, onGone, ...options }: WatchOptions): Observable<Turn> {
  const { store, now, scheduler, stopping$, readAll } = options
  const chains$ = setup$.pipe(
    map(({ chains }) => chains),
    takeUntil(stopping$),
  )
  return merge(
    setup$.pipe(
      skip(1),
      concatMap((next) => recordReload(next, { store, now, scheduler })),
      takeUntil(stopping$),
    ),
    concat(
      defer(() => rebuiltTurns({ store, now, ...rebuiltOf(setup()) })).pipe(retryWhileUnwritable(scheduler)),
      merge(
        serveSyncRequests(store, readAll, scheduler).pipe(takeUntil(stopping$)),
        chains$.pipe(
          whilePresent((chain, name, gone$) => {
            const { chains } = setup()
            const share = { index: [...chains.keys()].indexOf(name), of: chains.size }
            return chainTurns(chain, share, { ...options, setup, stopping$: merge(stopping$, gone$) }).pipe(
              finalize(() => setup().chains.has(name) || onGone(name)),
            )
          }),
        ),
      ),
    ),
  )
}

function rebuiltOf({ chains, route, config }: Setup): Pick<RebuiltOptions, 'chains' | 'route' | 'priorities'> {
  return { chains: [...chains.values()], route, priorities: config.notifier.priorities }
}
