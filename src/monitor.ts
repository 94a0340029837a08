import {
  asyncScheduler,
  concat,
  defer,
  delay,
  EMPTY,
  filter,
  finalize,
  forkJoin,
  from,
  fromEvent,
  ignoreElements,
  lastValueFrom,
  merge,
  mergeMap,
  NEVER,
  type Observable,
  of,
  share,
  Subject,
  take,
  takeUntil,
  tap,
} from 'rxjs'
import { answerSyncRequests } from './assembly/answerSyncRequests.js'
import { assembleChain, type Chain } from './assembly/assembleChain.js'
import { countingReads } from './assembly/countingReads.js'
import { firstPollAfter } from './assembly/firstPollAfter.js'
import { lanesOf } from './assembly/lanesOf.js'
import { logDelivery, logTurn, logWarnings, progressLog } from './assembly/logOf.js'
import { type Monitor, type MonitorDeps, type SyncResult } from './assembly/Monitor.js'
import { rebuiltTurns } from './assembly/rebuiltTurns.js'
import { recordingAct } from './assembly/recordingAct.js'
import { requireKnown } from './assembly/requireKnown.js'
import { outsideOf } from './assembly/outsideOf.js'
import { readChains, snapshotOf } from './assembly/snapshotOf.js'
import { staggered } from './assembly/staggered.js'
import { lineOptionsOf } from './assembly/lineOptionsOf.js'
import { parseConfig } from './config/parseConfig.js'
import type { Config, ConfigInput } from './config/schema.js'
import type { ChainState, Turn } from './domain/chainState.js'
import { StoreError } from './domain/errors.js'
import { newChain } from './domain/newChain.js'
import { pollPace } from './domain/pollPace.js'
import type { Reading } from './domain/reading.js'
import { selectProposals } from './domain/selectProposals.js'
import { deliverDue } from './sinks/deliverDue.js'
import { deliverOutbox } from './sinks/deliverOutbox.js'
import { retryWhileBusy } from './sinks/retryWhileBusy.js'
import { holdStore } from './sinks/holdStore.js'
import type { Store } from './sinks/Store.js'
import { compareNodes } from './sources/compareNodes.js'
import { guardHeads } from './sources/guardHeads.js'
import { pollProposals } from './sources/pollProposals.js'
import { shareState } from './streams/shareState.js'
import { line, stagesOf } from './streams/line.js'
import { untilDone } from './streams/untilDone.js'
import { changes, health, heads, notifications, proposalsIn, trackProposals, trackUpgrades } from './streams/views.js'
import { watchChain } from './streams/watchChain.js'

/**
 * Puts sources, streams and sinks together for a configuration, as written or as `loadConfig` gives it. Cold: nothing is opened, read
 * or written before the first subscription, `sync()` or `run()`.
 *
 * @throws ConfigError with every wrong place.
 *
 * @example
 * const monitor = createMonitor({
 *   chains: [{ name: 'local', rpc: { urls: ['http://127.0.0.1:8545'] }, governance: { system: 'governor', address: '0x…' } }],
 * })
 * await monitor.run({ signal })
 */
export function createMonitor(config: ConfigInput | Config, deps: MonitorDeps = {}): Monitor {
  return assembleMonitor(parseConfig(config, { clients: Object.keys(deps.clients ?? {}) }), deps)
}

/** As {@link createMonitor}, for a configuration that is parsed already. */
export function assembleMonitor(config: Config, deps: MonitorDeps = {}): Monitor {
  const { log, scheduler = asyncScheduler, random = Math.random, handlers = [], stages = line } = deps
  const now = (): number => scheduler.now()
  const writer = log ?? { info: () => undefined, warn: () => undefined, error: () => undefined }
  requireKnown(Object.keys(deps.clients ?? {}), config)
  const outside = outsideOf(config)
  const { lanes, route } = lanesOf(config, { log: writer, now, handlers, http: outside.http })
  const tellProgress = progressLog(writer, now)
  const chains = config.chains
    .filter(({ monitor }) => monitor.enabled)
    .map((chain) =>
      assembleChain(chain, {
        now,
        ...outside,
        onProgress: deps.onProgress ?? tellProgress,
        ...(deps.clients?.[chain.name] !== undefined && { client: deps.clients[chain.name] }),
        ...(deps.extractPlan !== undefined && { extractPlan: deps.extractPlan }),
      }),
    )

  // The edges where calls become events: a sync, and the end of a run.
  const [force$, stopping$] = [new Subject<string>(), new Subject<void>()]
  // How many runs and syncs there are: without one, turns are kept but nothing is written or sent.
  let acting = 0
  let running = false
  // Syncs deliver by themselves: a run waits for them, or both would send the same.
  let delivered: Promise<unknown> = Promise.resolve()
  // Reads of each chain that began and whose turn is not committed yet.
  const underWay = new Map<string, number>()
  const countRead = (name: string, by: 1 | -1): unknown => underWay.set(name, (underWay.get(name) ?? 0) + by)

  // The latest state of each chain, for as long as anybody is subscribed.
  const states = new Map<string, ChainState>()

  const store$ = holdStore({ path: config.state, ...config.notifier, now, scheduler }).pipe(shareState())
  const turn$ = store$.pipe(
    untilDone((store) =>
      concat(
        rebuiltTurns({ store, chains, route, now }).pipe(retryWhileBusy(scheduler)),
        merge(
          answerSyncRequests(store, forcedSync, scheduler).pipe(takeUntil(stopping$)),
          ...chains.map((chain) => turnsOf(chain, store)),
        ),
      ),
    ),
    tap(({ state }) => states.set(state.chain, state)),
    finalize(() => states.clear()),
    share(),
  )
  const live = (): Iterable<ChainState> => states.values()
  const known = (): readonly ChainState[] => (states.size > 0 ? [...live()] : readChains(config.state, chains))

  function turnsOf(chain: Chain, store: Store): Observable<Turn> {
    return defer(() => {
      const seed = store.load(chain.name) ?? newChain(chain.name, now())
      states.set(chain.name, seed)
      const act = recordingAct(chain.act, { chain: chain.name, store, log: writer, now, scheduler })
      let latest = seed
      const commit = (turn: Turn): Observable<never> =>
        defer(() => {
          store.commit(turn, route)
          latest = turn.state
          if (turn.cause === 'reading' || turn.cause === 'failure') countRead(chain.name, -1)
          return EMPTY
        }).pipe(retryWhileBusy(scheduler))
      return readingsOf(chain, seed, () => latest).pipe(
        watchChain(seed, stages(stagesOf(lineOptionsOf(chain.config, config, deps.extractPlan))), {
          commit,
          execute: (turn, current) => (acting === 0 ? EMPTY : act(turn, current)),
          now,
        }),
        // A read that was cut off has no turn.
        finalize(() => underWay.delete(chain.name)),
      )
    })
  }

  function readingsOf(chain: Chain, seed: ChainState, latest: () => ChainState): Observable<Reading> {
    const {
      name,
      nodes,
      config: { monitor },
    } = chain
    const { witnesses } = chain
    const { agreement } = chain.config.rpc
    const checked = compareNodes(chain.reader, { witnesses, agreement, known: latest, now, scheduler })
    const reader = guardHeads(checked, { nodes, known: latest, now })
    return pollProposals({
      reader: countingReads(reader, () => countRead(name, 1)),
      restored: { ...seed, proposals: seed.proposals.values() },
      periodMs: staggered(() => pollPace(latest(), monitor.pollInterval), (chains.indexOf(chain) + 1) / chains.length),
      maxBackoffMs: monitor.maxBackoff,
      trigger$: force$.pipe(filter((forced) => forced === name)),
      now,
      random,
      scheduler,
    }).pipe(takeUntil(stopping$))
  }

  /** One poll of a chain that begins after the subscription, with all it leads to; emits what came of it. */
  function forcedPoll({ name }: Chain): Observable<SyncResult> {
    return defer(() => {
      const logged$ = tap((turn: Turn) => running || logWarnings(writer, turn))
      const result$ = turn$.pipe(
        filter(({ state }) => state.chain === name),
        logged$,
        firstPollAfter(underWay.get(name) ?? 0),
      )
      const ask$ = defer(() => {
        force$.next(name)
        return EMPTY
      })
      return merge(result$, ask$)
    })
  }

  function forcedSync(): Observable<readonly SyncResult[]> {
    return chains.length === 0 ? of([]) : forkJoin(chains.map(forcedPoll))
  }

  /** Everything a run does, until `stop$`; then what is in flight, for as long as the grace period lasts. */
  function work(stop$: Observable<unknown>): Observable<unknown> {
    const outbox = { handlers: lanes, now, random, conceal: outside.conceal, scheduler }
    const watched$ = turn$.pipe(tap((turn) => logTurn(writer, turn)))
    return merge(
      store$.pipe(
        untilDone((store) => deliverOutbox({ ...outbox, store, wake$: watched$ })),
        tap((report) => logDelivery(writer, report)),
      ),
      turn$.pipe(ignoreElements()),
      stop$.pipe(
        take(1),
        tap(() => stopping$.next()),
      ),
    ).pipe(takeUntil(stop$.pipe(delay(config.gracePeriod, scheduler))))
  }

  function sync(): Promise<readonly SyncResult[]> {
    const synced = lastValueFrom(
      defer(() => {
        const alone = acting === 0
        acting += 1
        return store$.pipe(
          untilDone((store) =>
            forcedSync().pipe(
              mergeMap((results) =>
                concat(
                  // A run that began meanwhile delivers by itself.
                  alone && !running
                    ? deliverDue({ store, handlers: lanes, now, random, conceal: outside.conceal, scheduler }).pipe(
                        ignoreElements(),
                      )
                    : EMPTY,
                  of(results),
                ),
              ),
            ),
          ),
          finalize(() => (acting -= 1)),
        )
      }),
      { defaultValue: [] },
    )
    delivered = Promise.allSettled([delivered, synced])
    return synced
  }

  function run({ signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        resolve()
        return
      }
      if (running) {
        reject(new StoreError('This monitor runs already: stop that run before the next one.'))
        return
      }
      running = true
      acting += 1
      const stop$ = signal === undefined ? NEVER : fromEvent(signal, 'abort')
      concat(
        from(delivered).pipe(ignoreElements()),
        defer(() => (signal?.aborted === true ? EMPTY : work(stop$))),
      )
        .pipe(
          finalize(() => {
            running = false
            acting -= 1
          }),
        )
        .subscribe({ error: reject, complete: resolve })
    })
  }

  return {
    heads$: turn$.pipe(heads(live)),
    changes$: turn$.pipe(changes()),
    proposals$: turn$.pipe(trackProposals(live), shareState()),
    upgrades$: turn$.pipe(trackUpgrades(live), shareState()),
    notifications$: turn$.pipe(notifications()),
    health$: turn$.pipe(health(live)),
    snapshot: () => snapshotOf(known()),
    find: (wanted) => selectProposals(proposalsIn(known()).proposals, wanted),
    sync,
    run,
  }
}
