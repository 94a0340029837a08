import {
  asyncScheduler, concat, defer, delay, EMPTY, exhaustMap, filter, finalize, forkJoin, fromEvent, ignoreElements, interval, lastValueFrom,
  merge, mergeMap, NEVER, type Observable, of, scan, share, Subject, take, takeUntil, takeWhile, tap,
} from 'rxjs'
import { assembleChain, type Chain } from './assembly/assembleChain.js'
import { changesOf, headsOf, healthOf, notificationsOf } from './assembly/eventsOf.js'
import { lanesOf } from './assembly/lanesOf.js'
import { chainsOf, proposalsOf, upgradesOf } from './assembly/latestOf.js'
import { logDelivery, logProgress, logRemoval, logTurn } from './assembly/logOf.js'
import { type Monitor, type MonitorDeps, type SyncResult, syncResultOf } from './assembly/Monitor.js'
import { staggered } from './assembly/staggered.js'
import { watchOptionsOf } from './assembly/watchOptionsOf.js'
import { parseConfig } from './config/parseConfig.js'
import type { Config, ConfigInput } from './config/schema.js'
import type { ChainState, Turn } from './domain/chainState.js'
import { pollPace } from './domain/pollPace.js'
import type { Reading } from './domain/reading.js'
import type { WriteOutcome } from './domain/upgrade.js'
import { deliverDue } from './sinks/deliverDue.js'
import { deliverOutbox } from './sinks/deliverOutbox.js'
import { holdStore } from './sinks/holdStore.js'
import type { Store } from './sinks/Store.js'
import type { RemoveOutcome } from './sinks/upgradeInfo/removeUpgradeInfo.js'
import { pollProposals } from './sources/pollProposals.js'
import { shareState } from './streams/shareState.js'
import { newChain } from './streams/stepChain.js'
import { untilDone } from './streams/untilDone.js'
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
  return assembleMonitor(parseConfig(config), deps)
}

const requestsEveryMs = 500

/** As {@link createMonitor}, for a configuration that is parsed already. */
export function assembleMonitor(config: Config, deps: MonitorDeps = {}): Monitor {
  const { log, scheduler = asyncScheduler, random = Math.random, handlers = [] } = deps
  const now = (): number => scheduler.now()
  const writer = log ?? { info: () => undefined, warn: () => undefined, error: () => undefined }
  const { lanes, route } = lanesOf(config, { log: writer, now, handlers })
  const chains = config.chains.filter(({ monitor }) => monitor.enabled).map((chain) => assembleChain(chain, {
    now,
    onProgress: (progress) => {
      logProgress(writer, progress)
      deps.onProgress?.(progress)
    },
    ...(deps.clients?.[chain.name] !== undefined && { client: deps.clients[chain.name] }),
    ...(deps.extractPlan !== undefined && { extractPlan: deps.extractPlan }),
  }))

  // The edges where calls become events: a sync, and the end of a run.
  const force$ = new Subject<string>()
  const stopping$ = new Subject<void>()
  // How many runs and syncs there are: without one, turns are kept but nothing is written or sent.
  let acting = 0
  const reads = new Map<string, number>()
  const readsOf = (name: string): number => reads.get(name) ?? 0

  const store$ = holdStore({ path: config.state, ...config.notifier, now, scheduler }).pipe(shareState())
  const turn$ = store$.pipe(untilDone((store) => merge(answerRequests(store), ...chains.map((chain) => turnsOf(chain, store)))), share())
  const chains$ = chainsOf(turn$)

  function turnsOf(chain: Chain, store: Store): Observable<Turn> {
    return defer(() => {
      const seed = store.load(chain.name) ?? newChain(chain.name, now())
      const record = (outcome: WriteOutcome | RemoveOutcome): void => {
        store.record({ at: now(), chain: chain.name, kind: 'write', detail: { ...outcome } })
      }
      const act = (turn: Turn): Observable<WriteOutcome> => acting === 0 ? EMPTY : chain.act(turn, (upgrade, outcome) => {
        logRemoval(writer, upgrade, outcome)
        record(outcome)
      }).pipe(tap((outcome) => record(outcome)))
      let latest = seed
      const commit = (turn: Turn): void => {
        store.commit(turn, route)
        latest = turn.state
      }
      return readingsOf(chain, seed, () => latest).pipe(
        watchChain(seed, watchOptionsOf(chain.config, config, deps.extractPlan), { commit, act, now }),
      )
    })
  }

  function readingsOf(chain: Chain, seed: ChainState, latest: () => ChainState): Observable<Reading> {
    const { name, reader, config: { monitor } } = chain
    const counted: typeof reader = {
      ...reader,
      read: (request) => {
        reads.set(name, readsOf(name) + 1)
        return reader.read(request)
      },
    }
    return pollProposals({
      reader: counted,
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
      const mine = readsOf(name) + 1
      const settled$ = turn$.pipe(
        filter(({ state }) => state.chain === name),
        scan(({ left, result }: { readonly left: number; readonly result?: SyncResult }, turn) => {
          if (result !== undefined) return { left: left - 1, result }
          const counts = turn.cause !== 'write' && readsOf(name) >= mine && (turn.cause === 'failure' || turn.state.health.backlog === 0n)
          return counts ? { left: turn.due.length, result: syncResultOf(turn) } : { left: 1 }
        }, { left: 1 }),
        takeWhile(({ left, result }) => result === undefined || left > 0, true),
      )
      const ask$ = defer(() => {
        force$.next(name)
        return EMPTY
      })
      return merge(settled$, ask$).pipe(mergeMap(({ result, left }) => (result !== undefined && left <= 0 ? of(result) : EMPTY)))
    })
  }

  function forcedSync(): Observable<readonly SyncResult[]> {
    return chains.length === 0 ? of([]) : forkJoin(chains.map(forcedPoll))
  }

  /** Serves the syncs that other processes ask for through the state file. */
  function answerRequests(store: Store): Observable<never> {
    return interval(requestsEveryMs, scheduler).pipe(
      exhaustMap(() => {
        const pending = store.pendingSyncs()
        return pending.length === 0 ? EMPTY : forcedSync().pipe(tap((results) => {
          const problems = results.flatMap((result) => (result.ok ? [] : [`${result.chain}: ${result.failure.message}`]))
          for (const request of pending) store.finishSync(request, problems.length === 0 ? undefined : problems.join('\n'))
        }))
      }),
      ignoreElements(),
      takeUntil(stopping$),
    )
  }

  /** Everything a run does, until `stop$`; then what is in flight, for as long as the grace period lasts. */
  function work(stop$: Observable<unknown>): Observable<unknown> {
    const outbox = { handlers: lanes, now, random, scheduler }
    const watched$ = turn$.pipe(tap((turn) => logTurn(writer, turn)))
    return merge(
      store$.pipe(untilDone((store) => deliverOutbox({ ...outbox, store, wake$: watched$ })), tap((report) => logDelivery(writer, report))),
      chains$,
      stop$.pipe(take(1), tap(() => stopping$.next())),
    ).pipe(takeUntil(stop$.pipe(delay(config.gracePeriod, scheduler))))
  }

  function sync(): Promise<readonly SyncResult[]> {
    return lastValueFrom(defer(() => {
      const alone = acting === 0
      acting += 1
      return store$.pipe(
        untilDone((store) => forcedSync().pipe(mergeMap((results) => concat(
          alone ? deliverDue({ store, handlers: lanes, now, random, scheduler }).pipe(ignoreElements()) : EMPTY,
          of(results),
        )))),
        finalize(() => (acting -= 1)),
      )
    }), { defaultValue: [] })
  }

  function run({ signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        resolve()
        return
      }
      acting += 1
      const stop$ = signal === undefined ? NEVER : fromEvent(signal, 'abort')
      work(stop$).pipe(finalize(() => (acting -= 1))).subscribe({ error: reject, complete: resolve })
    })
  }

  return {
    heads$: headsOf(turn$),
    changes$: changesOf(turn$),
    proposals$: proposalsOf(chains$),
    upgrades$: upgradesOf(chains$),
    notifications$: notificationsOf(turn$),
    health$: healthOf(turn$),
    sync,
    run,
  }
}
