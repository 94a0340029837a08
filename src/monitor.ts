import { asyncScheduler, finalize, type Observable, share, Subject, tap } from 'rxjs'
import { parseConfig } from './config/parseConfig.js'
import type { Config, ConfigInput } from './config/schema.js'
import type { Turn } from './domain/chainState.js'
import { defined } from './domain/defined.js'
import { assembleChains } from './monitor/chain/assembleChain.js'
import { createActivities } from './monitor/control/activities.js'
import { createControl, type ControlOptions, type KeptBack, pollAll } from './monitor/control/control.js'
import { composerOf } from './monitor/composerOf.js'
import { heartbeatOf } from './monitor/heartbeat.js'
import { openLanes } from './monitor/openLanes.js'
import { createLatestStates } from './monitor/latestStates.js'
import { lineOf } from './monitor/chain/lineOptionsOf.js'
import { logMigration, progressLog, silentLog } from './monitor/monitorLog.js'
import type { Monitor, MonitorDeps } from './monitor/Monitor.js'
import { createServerAccess } from './monitor/createServerAccess.js'
import { requireKnown } from './monitor/requireKnown.js'
import { serverOf } from './monitor/serverOf.js'
import { viewsOf } from './monitor/viewsOf.js'
import { watchChains } from './monitor/turns/watchChains.js'
import { holdStore } from './store/holdStore.js'
import { shareState } from './streams/shareState.js'
import { whileHeld } from './streams/whileHeld.js'

/**
 * Puts sources, streams and sinks together for a configuration, as written or as `loadConfig` gives it. Cold: nothing
 * is opened, read or written before the first subscription, `sync()` or `run()`.
 *
 * @throws ConfigError with every wrong place.
 *
 * @example
 * const governance = { system: 'governor', address: '0x…' }
 * const monitor = createMonitor({ chains: [{ name: 'local', rpc: { urls: ['http://127.0.0.1:8545'] }, governance }] })
 * await monitor.run({ signal })
 */
export function createMonitor(config: ConfigInput | Config, deps: MonitorDeps = {}): Monitor {
  const { clients = {}, readers = {}, handlers = [] } = deps
  const parsed = parseConfig(config, {
    clients: Object.keys(clients),
    readers: Object.keys(readers),
    handlers: handlers.map(({ type }) => type),
  })
  return assembleMonitor(parsed, deps)
}

/** As {@link createMonitor}, for a configuration that is parsed already. */
export function assembleMonitor(config: Config, deps: MonitorDeps = {}): Monitor {
  const { scheduler = asyncScheduler, random = Math.random, handlers = [], log = silentLog } = deps
  const now = (): number => scheduler.now()
  requireKnown(deps, config)
  const outside = createServerAccess(config)
  const compose = composerOf(config, { now })
  const { lanes, route } = openLanes(config, { log, now, scheduler, handlers, http: outside.http, compose })
  const onProgress = deps.onProgress ?? progressLog(log, now)
  const chains = assembleChains(config, deps, { ...outside, now, onProgress })
  const states = createLatestStates(config.state, chains)

  // The edges where calls become events.
  const [force$, stopping$, keptBack$] = [new Subject<string>(), new Subject<void>(), new Subject<KeptBack>()]
  const activities = createActivities()
  const ports = {
    route,
    log,
    now,
    random,
    scheduler,
    force$,
    stopping$,
    maxAge: config.proposals.maxAge,
    priorities: config.notifier.priorities,
    watched: chains.map(({ name }) => name),
    channels: new Set(lanes.keys()),
    isAtWork: activities.isAtWork,
    stagesOf: lineOf(config, deps),
    onSeed: states.keep,
    onKeptBack: (kept: KeptBack) => keptBack$.next(kept),
    readAll: () => pollAll(control),
  }
  const held$ = holdStore({
    path: config.state,
    ...config.notifier,
    ...defined({ journal: config.http?.journal }),
    now,
    scheduler,
    onMigrate: logMigration(log),
  })
  const store$ = held$.pipe(tap(states.hold), finalize(states.letGo), shareState())
  const turn$: Observable<Turn> = store$.pipe(
    whileHeld((store) => watchChains(chains, { ...ports, store })),
    tap(({ state }) => states.keep(state)),
    finalize(states.clear),
    share(),
  )
  const control: ControlOptions = {
    activities,
    store$,
    turn$,
    keptBack$,
    log,
    now,
    scheduler,
    chains: chains.map(({ name }) => name),
    outbox: { handlers: lanes, now, random, conceal: outside.conceal, scheduler },
    force: (name) => force$.next(name),
    stopReading: () => stopping$.next(),
    gracePeriod: config.gracePeriod,
    ...defined({
      heartbeat: heartbeatOf(config, { ...outside, log, now, scheduler }),
      serve: serverOf(config, { ...outside, states: states.live, log, now, scheduler }),
    }),
  }
  return { ...viewsOf(turn$, states), ...createControl(control) }
}
