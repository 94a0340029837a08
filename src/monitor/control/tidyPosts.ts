import {
  concat,
  concatMap,
  defer,
  EMPTY,
  from,
  ignoreElements,
  type Observable,
  repeat,
  type SchedulerLike,
  switchMap,
  tap,
  timer,
} from 'rxjs'
import type { LogWriter } from '../../channels/Channel.js'
import type { Config } from '../../config/schema.js'
import { retryWhileBusy } from '../../store/retryWhileBusy.js'
import type { Store } from '../../store/Store.js'
import { whileHeld } from '../../streams/whileHeld.js'
import type { CurrentSetup } from '../currentSetup.js'
import { newStrayNotes } from '../strayNotes.js'
import { closeMissed } from './closeMissed.js'
import { closeUnwatched } from './closeUnwatched.js'

export interface TidyOptions extends Pick<CurrentSetup, 'setup$'> {
  readonly store$: Observable<Store>
  readonly log: LogWriter
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
  readonly scheduler: SchedulerLike
}

// Milliseconds until what is about unwatched chains is closed again. The time doubles up to the maximum.
const againMs = 60_000
const mostMs = 3_600_000

/**
 * Closes at the start, and after each reload, what ended while its handler was not configured, and what was posted
 * about chains that are not watched any more. Logs what was posted and is not closed by this configuration.
 */
export function tidyPosts({ store$, setup$, log, now, scheduler }: TidyOptions): Observable<never> {
  return store$.pipe(
    whileHeld((store) =>
      setup$.pipe(
        switchMap((setup) =>
          concat(
            queueMissedEnds(store, setup.config, { now, scheduler }),
            closeUnwatched(store, setup, { now, scheduler }),
            defer(() =>
              from(newStrayNotes(store, { handlers: [...setup.lanes.keys()], chains: [...setup.chains.keys()] })),
            ).pipe(retryWhileBusy(scheduler)),
            // What waited for a channel when the chain was taken out is posted later.
            timer(againMs, scheduler).pipe(
              concatMap(() => closeUnwatched(store, setup, { now, scheduler })),
              repeat({ delay: (count) => timer(Math.min(mostMs, againMs * 2 ** count), scheduler) }),
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
