import {
  concat,
  connect,
  defaultIfEmpty,
  defer,
  distinctUntilChanged,
  EMPTY,
  filter,
  forkJoin,
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
import type { ChainState, Turn } from '../../domain/chainState.js'
import { defined } from '../../domain/defined.js'
import { StoreError } from '../../domain/errors.js'
import type { ReadFailure } from '../../domain/reading.js'
import type { DeliveryReport } from '../../sinks/outbox/DeliveryReport.js'
import { deliverDue } from '../../sinks/outbox/deliverDue.js'
import { deliverOutbox } from '../../sinks/outbox/deliverOutbox.js'
import type { LogWriter } from '../../channels/Channel.js'
import type { OutboxOptions } from '../../sinks/outbox/OutboxOptions.js'
import type { Store } from '../../store/Store.js'
import type { ChainEvent } from '../../streams/draft.js'
import { endOf } from '../../streams/endOf.js'
import { whileHeld } from '../../streams/whileHeld.js'
import type { Activities } from './activities.js'
import { firstPollAfter } from './firstPollAfter.js'
import { logDelivery, logTurn, logWarnings } from '../monitorLog.js'
import { outboxCalls } from './outboxCalls.js'
import type { CurrentSetup } from '../currentSetup.js'
import type { Serve } from '../serverOf.js'
import type { Monitor, SyncResult } from '../Monitor.js'

export interface ControlOptions extends Pick<CurrentSetup, 'setup' | 'setup$'> {
  readonly activities: Activities
  readonly store$: Observable<Store>
  readonly turn$: Observable<Turn>
  /** What the stages let lead to nothing, as results of the polls it came from. */
  readonly keptBack$: Observable<KeptBack>
  readonly outbox: Omit<OutboxOptions, 'store' | 'handlers'>
  /** Answers over HTTP while a run is at work. */
  readonly serve?: Serve
  readonly log: LogWriter
  /** Asks for a poll of a chain now. */
  readonly force: (chain: string) => void
  /** Ends the reading of all chains. */
  readonly stopReading: () => void
  /** Another process keeps the state locked. */
  readonly isLocked: () => boolean
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
  readonly scheduler: SchedulerLike
}

/** A poll whose reading the stages answered with nothing. */
export interface KeptBack {
  readonly begunAt: number
  readonly result: SyncResult
}

/** What a reading that the stages kept back came to; nothing where the event is no reading. */
export function keptBackOf(chain: string, event: ChainEvent): KeptBack | undefined {
  if (event.type === 'wrote') return undefined
  const { reading } = event
  const result: SyncResult = { chain, ok: false, failure: reading.ok ? keptBack(chain) : reading.failure }
  return { begunAt: reading.begunAt ?? reading.readAt, result }
}

function keptBack(chain: string): ReadFailure {
  return {
    kind: 'transient',
    message: `The stages let what was read of ${chain} lead to nothing: none of it is committed. It is read again with the next poll.`,
  }
}

/** One poll of all chains that begins after the subscription, with all it leads to; emits what came of each. */
export function pollAll({
  setup$,
  setup,
  turn$,
  keptBack$,
  activities,
  log,
  force,
  now,
}: Pick<
  ControlOptions,
  'setup$' | 'setup' | 'turn$' | 'keptBack$' | 'activities' | 'log' | 'force' | 'now'
>): Observable<readonly SyncResult[]> {
  function pollOne(name: string): Observable<SyncResult> {
    return defer(() => {
      const askedAt = now()
      const told$ = turn$.pipe(
        filter(({ state }) => state.chain === name),
        tap((turn) => activities.has('run') || logWarnings(log, turn)),
        firstPollAfter(askedAt),
      )
      const kept$ = keptBack$.pipe(
        filter(({ begunAt, result }) => result.chain === name && begunAt >= askedAt),
        take(1),
        map(({ result }) => result),
      )
      const ask$ = defer(() => {
        force(name)
        return EMPTY
      })
      const gone$ = setup$.pipe(
        filter(({ chains }) => !chains.has(name)),
        take(1),
        map(() => leftBefore(name)),
      )
      return merge(race(told$, kept$, gone$), ask$).pipe(defaultIfEmpty(stoppedBefore(name)))
    })
  }
  return defer(() => {
    const names = [...setup().chains.keys()]
    return names.length === 0 ? of([]) : forkJoin(names.map(pollOne))
  })
}

function leftBefore(chain: string): SyncResult {
  const message = `${chain} left the configuration before it was read.`
  return { chain, ok: false, failure: { kind: 'transient', message } }
}

function stoppedBefore(chain: string): SyncResult {
  return { chain, ok: false, failure: { kind: 'transient', message: `The monitor stopped before ${chain} was read.` } }
}

/** Everything a run does, until `stop$`; then what is in flight, for as long as the grace period lasts. */
function workUntil(
  stop$: Observable<unknown>,
  sync: Monitor['sync'],
  { store$, turn$, setup$, setup, outbox, serve, log, stopReading, isLocked, scheduler }: ControlOptions,
): Observable<unknown> {
  const wake$ = turn$.pipe(
    tap((turn) => logTurn(log, turn)),
    outboxCalls(scheduler),
  )
  const handlers$ = setup$.pipe(map(({ lanes }) => lanes))
  const beat$ = setup$.pipe(
    map(({ heartbeat }) => heartbeat),
    distinctUntilChanged(),
    // What is read and cannot be written is no sign of life.
    switchMap((heartbeat) => heartbeat?.during(turn$, isLocked) ?? EMPTY),
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
    reports$.pipe(connect((delivery$) => merge(delivery$, serving(delivery$)))),
    turn$.pipe(ignoreElements()),
    beat$.pipe(takeUntil(merge(stop$, endOf(turn$)))),
    stop$.pipe(take(1), tap(stopReading)),
  ).pipe(takeUntil(stop$.pipe(switchMap(() => grace$))))
}

/** What is due, where no run delivers it by itself; two syncs at a time would send one row twice. */
function deliverOnce(store: Store, { activities, outbox, setup }: ControlOptions): Observable<never> {
  return concat(
    defer(() => activities.untilNo('delivering')),
    defer(() => {
      if (activities.has('working')) return EMPTY
      const { lanes: handlers, chains } = setup()
      // Who syncs keeps no state: the chains are as they were committed.
      const states = (): readonly ChainState[] => [...chains.keys()].flatMap((name) => store.resume(name) ?? [])
      const votes = outbox.votes && { ...outbox.votes, states }
      const due$ = deliverDue({ ...outbox, handlers, store, ...defined({ votes }) })
      return activities.during('delivering', due$.pipe(ignoreElements()))
    }),
  )
}

/** `run` and `sync` of a monitor. */
export function createControl(options: ControlOptions): Pick<Monitor, 'run' | 'sync' | typeof Symbol.asyncDispose> {
  const { activities, store$, setup, stopReading } = options

  function sync(): Promise<readonly SyncResult[]> {
    const synced$ = store$.pipe(
      whileHeld((store) =>
        pollAll(options).pipe(
          mergeMap((results) =>
            concat(
              merge(
                defer(() => deliverOnce(store, options)),
                activities.has('run') || !results.every(({ ok }) => ok) ? EMPTY : (setup().heartbeat?.once$ ?? EMPTY),
              ),
              of(results),
            ),
          ),
        ),
      ),
    )
    return lastValueFrom(activities.during('sync', synced$), { defaultValue: [] })
  }

  // The run under way: ends it, and ended when it has.
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
        defer(() => activities.untilNo('sync')),
        defer(() => (signal.aborted ? EMPTY : activities.during('working', workUntil(stop$, sync, options)))),
      )
      activities.during('run', work$).subscribe({ error: reject, complete: resolve })
    })
  }

  async function dispose(): Promise<void> {
    if (activities.has('run')) current?.stop()
    await current?.ended
    await lastValueFrom(activities.untilNo('sync'), { defaultValue: undefined })
    stopReading()
  }

  return { run, sync, [Symbol.asyncDispose]: dispose }
}
