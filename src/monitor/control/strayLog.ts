import { concatMap, defer, from, ignoreElements, type Observable, type SchedulerLike, tap } from 'rxjs'
import type { LogWriter } from '../../channels/Channel.js'
import { retryWhileBusy } from '../../store/retryWhileBusy.js'
import type { Store } from '../../store/Store.js'
import { whileHeld } from '../../streams/whileHeld.js'
import type { CurrentSetup } from '../currentSetup.js'
import { strayNotes } from '../strayNotes.js'

export interface StrayLogOptions extends Pick<CurrentSetup, 'setup$'> {
  readonly store$: Observable<Store>
  readonly log: LogWriter
  readonly scheduler: SchedulerLike
}

/** Logs at the start, and after each reload, what was posted and is not closed by this configuration. */
export function strayLog({ store$, setup$, log, scheduler }: StrayLogOptions): Observable<never> {
  return store$.pipe(
    whileHeld((store) =>
      setup$.pipe(
        concatMap(({ lanes, chains }) =>
          defer(() => from(strayNotes(store, { handlers: lanes.keys(), chains: chains.keys() }))).pipe(
            retryWhileBusy(scheduler),
          ),
        ),
      ),
    ),
    tap((note) => log.warn({}, note)),
    ignoreElements(),
  )
}
