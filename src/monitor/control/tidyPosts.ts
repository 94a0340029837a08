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
import { plainReason } from '../../sinks/outbox/attemptDelivery.js'
import { retryWhileUnwritable } from '../../store/retryWhileUnwritable.js'
import type { Store } from '../../store/Store.js'
import { whileHeld } from '../../streams/whileHeld.js'
import type { Setup } from '../setUp.js'
import { newStrayNotes } from '../strayNotes.js'
import { closeMissed } from './closeMissed.js'
import { closeUnwatched, type Refusals } from './closeUnwatched.js'
import { reopenWatched } from './reopenWatched.js'

export interface TidyOptions {
  /** The configuration, with its handlers and chains; emits at the start and at each reload. */
  readonly setup$: Observable<Pick<Setup, 'config' | 'lanes' | 'chains' | 'route'>>
  readonly store$: Observable<Store>
  readonly log: LogWriter
  /** Removes secrets from a text. @defaultValue leaves it as it is */
  readonly conceal?: (text: string) => string
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
  readonly scheduler: SchedulerLike
}

// Milliseconds until posts are closed and opened again. The time doubles up to the maximum.
const againMs = 60_000
const mostMs = 3_600_000

/**
 * Closes at the start, and after each reload, what ended while its handler was not configured, and what was posted
 * about chains that are not watched any more. Opens a minute later what it closed of a chain that is watched again.
 * Logs what was posted and is not closed by this configuration.
 */
export function tidyPosts({ store$, setup$, log, conceal, now, scheduler }: TidyOptions): Observable<never> {
  return store$.pipe(
    whileHeld((store) =>
      setup$.pipe(
        switchMap((setup) => {
          const unwatched$ = closeUnwatched(store, setup, { now, scheduler, refusals: refusalsIn(log, conceal) })
          return concat(
            queueMissedEnds(store, setup.config, { now, scheduler }),
            unwatched$,
            defer(() =>
              from(newStrayNotes(store, { handlers: [...setup.lanes.keys()], chains: [...setup.chains.keys()] })),
            ).pipe(retryWhileUnwritable(scheduler)),
            // What waited for a channel when the chain was taken out is posted later. After a minute, a chain that is
            // watched again has told what has ended meanwhile.
            timer(againMs, scheduler).pipe(
              concatMap(() => concat(reopenWatched(store, setup, { now, scheduler }), unwatched$)),
              repeat({ delay: (count) => timer(Math.min(mostMs, againMs * 2 ** count), scheduler) }),
            ),
          )
        }),
      ),
    ),
    tap((note) => log.warn({}, note)),
    ignoreElements(),
  )
}

/** Remembers refusals until the next start or reload, which may correct a token. Logs the first one of each handler. */
function refusalsIn(log: Pick<LogWriter, 'warn'>, conceal = (text: string): string => text): Refusals {
  const known = new Map<string, Set<string>>()
  return {
    has: ({ handler, subject }) => known.get(handler)?.has(subject) === true,
    add: ({ handler, subject }, cause) => {
      const ofHandler = known.get(handler)
      if (ofHandler === undefined)
        log.warn(
          { handler, subject },
          `${handler} refuses to close what was posted about a chain that is not watched any more: ${plainReason(cause, conceal)} It is asked again only at the next start or reload. Close there by hand what is still open`,
        )
      known.set(handler, (ofHandler ?? new Set()).add(subject))
    },
  }
}

/**
 * Queues for the pagers what ended their alerts while they were not configured. It waits while the state cannot be
 * written.
 */
export function queueMissedEnds(
  store: Store,
  config: Config,
  { now, scheduler }: { readonly now: () => number; readonly scheduler?: SchedulerLike },
): Observable<never> {
  return defer(() => {
    closeMissed(store, config, now())
    return EMPTY
  }).pipe(retryWhileUnwritable(scheduler))
}
