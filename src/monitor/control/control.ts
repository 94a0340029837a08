import {
  concat,
  connect,
  defer,
  distinctUntilChanged,
  EMPTY,
  fromEvent,
  ignoreElements,
  lastValueFrom,
  map,
  merge,
  mergeMap,
  type Observable,
  of,
  race,
  type SchedulerLike,
  switchMap,
  take,
  takeUntil,
  tap,
  timer,
} from 'rxjs'
import type { ChainState } from '../../domain/chainState.js'
import { defined } from '../../domain/defined.js'
import { StoreError } from '../../domain/errors.js'
import { unwritableText } from '../../domain/stepHealth.js'
import type { DeliveryReport } from '../../sinks/outbox/DeliveryReport.js'
import { deliverDue } from '../../sinks/outbox/deliverDue.js'
import { deliverOutbox } from '../../sinks/outbox/deliverOutbox.js'
import type { OutboxOptions } from '../../sinks/outbox/OutboxOptions.js'
import type { Store } from '../../store/Store.js'
import { endOf } from '../../streams/endOf.js'
import { whileHeld } from '../../streams/whileHeld.js'
import { logDelivery, logTurn } from '../monitorLog.js'
import { outboxCalls } from './outboxCalls.js'
import { pollAll, type PollOptions } from './pollAll.js'
import type { Serve } from '../serverOf.js'
import type { Monitor, SyncResult } from '../Monitor.js'
import { queueMissedEnds, tidyPosts } from './tidyPosts.js'

export interface ControlOptions extends PollOptions {
  readonly store$: Observable<Store>
  readonly outbox: Omit<OutboxOptions, 'store' | 'handlers'>
  /** Serves HTTP during a run. */
  readonly serve?: Serve
  /** Stops the reading of all chains. */
  readonly stopReading: () => void
  /** True while the state cannot be written. */
  readonly isUnwritable: () => boolean
  /** Emits since when the state cannot be written, in Unix milliseconds, while it cannot: also on subscription. */
  readonly unwritable$: Observable<number>
  readonly scheduler: SchedulerLike
}

/** Does all the work of a run until `stop$`, then finishes what is in flight, for at most the grace period. */
function workUntil(
  stop$: Observable<unknown>,
  sync: Monitor['sync'],
  { store$, turn$, setup$, setup, outbox, serve, log, stopReading, isUnwritable, scheduler }: ControlOptions,
): Observable<unknown> {
  const wake$ = turn$.pipe(
    tap((turn) => logTurn(log, turn)),
    outboxCalls(scheduler),
  )
  const handlers$ = setup$.pipe(map(({ lanes }) => lanes))
  const beat$ = setup$.pipe(
    map(({ heartbeat }) => heartbeat),
    distinctUntilChanged(),
    // No heartbeat is sent while the state cannot be written, because readings are not committed then.
    switchMap((heartbeat) => heartbeat?.during(turn$, isUnwritable) ?? EMPTY),
  )
  const grace$ = defer(() => timer(setup().config.gracePeriod, scheduler))
  const reports$ = store$.pipe(
    whileHeld((store) => deliverOutbox({ ...outbox, handlers: setup().lanes, handlers$, store, wake$ })),
    tap((report) => logDelivery(log, report)),
  )
  function serving(delivery$: Observable<DeliveryReport>): Observable<never> {
    if (serve === undefined) return EMPTY
    return store$.pipe(whileHeld((store) => serve({ store, turn$, delivery$, sync, stop$ })))
  }
  return merge(
    tidyPosts({ store$, setup$, log, now: outbox.now, scheduler, ...defined({ conceal: outbox.conceal }) }).pipe(
      takeUntil(merge(stop$, endOf(turn$))),
    ),
    reports$.pipe(connect((delivery$) => merge(delivery$, serving(delivery$)))),
    turn$.pipe(ignoreElements()),
    beat$.pipe(takeUntil(merge(stop$, endOf(turn$)))),
    stop$.pipe(take(1), tap(stopReading)),
  ).pipe(takeUntil(stop$.pipe(switchMap(() => grace$))))
}

/**
 * Delivers what is due, unless a run does so. Only one sync delivers at a time, because two would send one row twice.
 */
function deliverOnce(store: Store, { activities, outbox, setup }: ControlOptions): Observable<never> {
  return concat(
    defer(() => activities.untilDone('delivering')),
    defer(() => {
      if (activities.has('working')) return EMPTY
      const { config, lanes: handlers, chains } = setup()
      // A sync keeps no states in memory, so the committed states are used.
      const states = (): readonly ChainState[] => [...chains.keys()].flatMap((name) => store.resume(name) ?? [])
      const votes = outbox.votes && { ...outbox.votes, states }
      const due$ = deliverDue({ ...outbox, handlers, store, ...defined({ votes }) })
      const missed$ = queueMissedEnds(store, config, outbox)
      return activities.during('delivering', concat(missed$, due$.pipe(ignoreElements())))
    }),
  )
}

/** The results of a sync that would wait for the state to be written: what is read cannot be committed. */
function unwritten$({ unwritable$, setup }: ControlOptions): Observable<readonly SyncResult[]> {
  return unwritable$.pipe(
    map((since) =>
      [...setup().chains.keys()].map((chain): SyncResult => ({
        chain,
        ok: false,
        failure: { kind: 'transient', message: unwritableText(since) },
      })),
    ),
  )
}

/** Creates `run`, `sync` and the disposal of a monitor. */
export function createControl(options: ControlOptions): Pick<Monitor, 'run' | 'sync' | typeof Symbol.asyncDispose> {
  const { activities, store$, setup, stopReading, isUnwritable } = options

  function sync(): Promise<readonly SyncResult[]> {
    const synced$ = store$.pipe(
      whileHeld((store) => {
        store.outdate?.()
        return race(unwritten$(options), pollAll(options)).pipe(
          take(1),
          mergeMap((results) =>
            concat(
              merge(
                defer(() => (isUnwritable() ? EMPTY : deliverOnce(store, options))),
                activities.has('run') || !results.every(({ ok }) => ok) ? EMPTY : (setup().heartbeat?.once$ ?? EMPTY),
              ),
              of(results),
            ),
          ),
        )
      }),
    )
    return lastValueFrom(activities.during('sync', synced$), { defaultValue: [] })
  }

  // How to stop the run under way, and a promise that settles when it has ended.
  let current: { readonly stop: () => void; readonly ended: Promise<unknown> } | undefined

  function run({ signal: given }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    if (given?.aborted === true) return Promise.resolve()
    if (activities.has('run'))
      return Promise.reject(new StoreError('This monitor runs already: stop that run before the next one.'))
    const own = new AbortController()
    const signal = given === undefined ? own.signal : AbortSignal.any([own.signal, given])
    const running = runUntil(signal)
    current = { stop: () => own.abort(), ended: Promise.allSettled([running]) }
    return running
  }

  function runUntil(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop$ = fromEvent(signal, 'abort')
      const work$ = concat(
        defer(() => activities.untilDone('sync')),
        defer(() => (signal.aborted ? EMPTY : activities.during('working', workUntil(stop$, sync, options)))),
      )
      activities.during('run', work$).subscribe({ error: reject, complete: resolve })
    })
  }

  async function dispose(): Promise<void> {
    if (activities.has('run')) current?.stop()
    await current?.ended
    await lastValueFrom(activities.untilDone('sync'), { defaultValue: undefined })
    stopReading()
  }

  return { run, sync, [Symbol.asyncDispose]: dispose }
}
