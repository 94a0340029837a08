import { concat, concatMap, defer, EMPTY, from, ignoreElements, type Observable, type SchedulerLike, tap } from 'rxjs'
import type { LogWriter } from '../../channels/Channel.js'
import type { Config } from '../../config/schema.js'
import { retryWhileBusy } from '../../store/retryWhileBusy.js'
import type { Store } from '../../store/Store.js'
import { whileHeld } from '../../streams/whileHeld.js'
import type { CurrentSetup } from '../currentSetup.js'
import { newStrayNotes } from '../strayNotes.js'
import { closeMissed } from './closeMissed.js'

export interface TidyOptions extends Pick<CurrentSetup, 'setup$'> {
  readonly store$: Observable<Store>
  readonly log: LogWriter
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
  readonly scheduler: SchedulerLike
}

/**
 * Closes at the start, and after each reload, what ended while its handler was not configured, and logs what was posted
 * and is not closed by this configuration.
 */
export function tidyPosts({ store$, setup$, log, now, scheduler }: TidyOptions): Observable<never> {
  return store$.pipe(
    whileHeld((store) =>
      setup$.pipe(
        concatMap(({ config, lanes, chains }) =>
          concat(
            queueMissedEnds(store, config, { now, scheduler }),
            defer(() => from(newStrayNotes(store, { handlers: [...lanes.keys()], chains: [...chains.keys()] }))).pipe(
              retryWhileBusy(scheduler),
            ),
          ),
        ),
      ),
    ),
    tap((note) => log.warn({}, note)),
    ignoreElements(),
  )
}

/** Queues for the pagers what ended their alerts while they were not configured. It waits while the state is locked. */
export function queueMissedEnds(
  store: Store,
  config: Config,
  { now, scheduler }: { readonly now: () => number; readonly scheduler?: SchedulerLike },
): Observable<never> {
  return defer(() => {
    closeMissed(store, config, now())
    return EMPTY
  }).pipe(retryWhileBusy(scheduler))
}
