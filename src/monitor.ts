import { asyncScheduler, concat, finalize, merge, type Observable, share, Subject, takeUntil, tap } from 'rxjs'
import { parseConfig } from './config/parseConfig.js'
import type { Config, ConfigInput } from './config/schema.js'
import type { ChainState, Turn } from './domain/chainState.js'
import { selectProposals } from './domain/proposals/selectProposals.js'
import { defined } from './domain/defined.js'
import { serveSyncRequests } from './monitor/serveSyncRequests.js'
import { assembleChain, type Chain, type ChainDeps } from './monitor/assembleChain.js'
import { createControl, createShifts, type ControlOptions, type KeptBack, pollAll } from './monitor/control.js'
import { lineOptionsOf } from './monitor/lineOptionsOf.js'
import { lanesOf } from './monitor/lanesOf.js'
import { progressLog } from './monitor/logOf.js'
import type { Monitor, MonitorDeps } from './monitor/Monitor.js'
import { outsideOf } from './monitor/outsideOf.js'
import { rebuiltTurns } from './monitor/rebuiltTurns.js'
import { requireKnown } from './monitor/requireKnown.js'
import { readChains, snapshotOf } from './monitor/snapshotOf.js'
import { turnsOf } from './monitor/turnsOf.js'
import type { LogWriter } from './channels/Channel.js'
import { holdStore } from './store/holdStore.js'
import { retryWhileBusy } from './store/retryWhileBusy.js'
import { line, stagesOf } from './streams/line.js'
import { shareState } from './streams/shareState.js'
import type { Stage } from './streams/stage.js'
import { iterable } from './streams/toAsyncIterable.js'
import { whileHeld } from './streams/whileHeld.js'
import { changes, health, heads, notifications, proposalsIn, trackProposals, trackUpgrades } from './streams/views.js'

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
  const { clients = {}, readers = {} } = deps
  const parsed = parseConfig(config, { clients: Object.keys(clients), readers: Object.keys(readers) })
  return assembleMonitor(parsed, deps)
}

/** As {@link createMonitor}, for a configuration that is parsed already. */
export function assembleMonitor(config: Config, deps: MonitorDeps = {}): Monitor {
  const { scheduler = asyncScheduler, random = Math.random, handlers = [], log = silent, stages = line } = deps
  const now = (): number => scheduler.now()
  requireKnown(deps, config)
  const outside = outsideOf(config)
  const { lanes, route } = lanesOf(config, { log, now, handlers, http: outside.http })
  const chains = chainsOf(config, deps, {
    ...outside,
    now,
    onProgress: deps.onProgress ?? progressLog(log, now),
  })
  const names = chains.map(({ name }) => name)

  // The edges where calls become events.
  const [force$, stopping$, keptBack$] = [new Subject<string>(), new Subject<void>(), new Subject<KeptBack>()]
  const shifts = createShifts()
  const force = (name: string): void => force$.next(name)
  // The latest state of each chain, for as long as anybody is subscribed.
  const states = new Map<string, ChainState>()
  const keep = (state: ChainState): unknown => states.set(state.chain, state)

  const store$ = holdStore({ path: config.state, ...config.notifier, now, scheduler }).pipe(shareState())
  const turn$: Observable<Turn> = store$.pipe(
    whileHeld((store) =>
      concat(
        rebuiltTurns({ store, chains, route, now }).pipe(retryWhileBusy(scheduler)),
        merge(
          serveSyncRequests(store, () => pollAll(control), scheduler).pipe(takeUntil(stopping$)),
          ...chains.map((chain, index) =>
            turnsOf(chain, (index + 1) / chains.length, { ...ports, store, isAtWork: shifts.isAtWork }),
          ),
        ),
      ),
    ),
    tap(({ state }) => keep(state)),
    finalize(() => states.clear()),
    share(),
  )
  const stagesFor = (chain: Chain): Stage => stages(stagesOf(lineOptionsOf(chain.config, config, deps.extractPlan)))
  const onKeptBack = (kept: KeptBack): void => keptBack$.next(kept)
  const ports = { route, log, now, random, scheduler, force$, stopping$, onSeed: keep, onKeptBack, stagesOf: stagesFor }
  const outbox = { handlers: lanes, now, random, conceal: outside.conceal, scheduler }
  const control: ControlOptions = {
    ...{ shifts, chains: names, store$, turn$, keptBack$, outbox, log, force, now, scheduler },
    stopReading: () => stopping$.next(),
    gracePeriod: config.gracePeriod,
  }
  const live = (): Iterable<ChainState> => states.values()
  const known = (): readonly ChainState[] => (states.size > 0 ? [...live()] : readChains(config.state, chains))
  return {
    heads$: iterable(turn$.pipe(heads(live))),
    changes$: iterable(turn$.pipe(changes())),
    proposals$: iterable(turn$.pipe(trackProposals(live), shareState())),
    upgrades$: iterable(turn$.pipe(trackUpgrades(live), shareState())),
    notifications$: iterable(turn$.pipe(notifications())),
    health$: iterable(turn$.pipe(health(live))),
    snapshot: () => snapshotOf(known()),
    find: (wanted) => selectProposals(proposalsIn(known()).proposals, wanted),
    ...createControl(control),
  }
}

const silent: LogWriter = { info: () => undefined, warn: () => undefined, error: () => undefined }

/** The chains that are watched, each with what the host brought along for it. */
function chainsOf(
  { chains }: Config,
  { clients = {}, readers = {}, extractPlan }: MonitorDeps,
  deps: ChainDeps,
): readonly Chain[] {
  return chains
    .filter(({ monitor }) => monitor.enabled)
    .map((chain) => {
      const client = clients[chain.name]
      const ownReader = readers[chain.name]
      return assembleChain(chain, {
        ...deps,
        ...defined({ client, ownReader, extractPlan }),
      })
    })
}
