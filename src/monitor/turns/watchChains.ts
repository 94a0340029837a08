import { concat, merge, type Observable, takeUntil } from 'rxjs'
import type { Turn } from '../../domain/chainState.js'
import { retryWhileBusy } from '../../store/retryWhileBusy.js'
import type { Chain } from '../chain/assembleChain.js'
import type { SyncResult } from '../Monitor.js'
import { rebuiltTurns } from './rebuiltTurns.js'
import { serveSyncRequests } from '../control/serveSyncRequests.js'
import { chainTurns, type TurnsOptions } from './chainTurns.js'

export interface WatchOptions extends TurnsOptions {
  /** Polls every chain now. */
  readonly readAll: () => Observable<readonly SyncResult[]>
}

/** The turns of all chains over one store: first what a damaged state makes known, then what each poll leads to. */
export function watchChains(chains: readonly Chain[], options: WatchOptions): Observable<Turn> {
  const { store, route, priorities = {}, now, scheduler, stopping$, readAll } = options
  return concat(
    rebuiltTurns({ store, chains, route, now, priorities }).pipe(retryWhileBusy(scheduler)),
    merge(
      serveSyncRequests(store, readAll, scheduler).pipe(takeUntil(stopping$)),
      ...chains.map((chain, index) => chainTurns(chain, (index + 1) / chains.length, options)),
    ),
  )
}
