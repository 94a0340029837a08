import { asyncScheduler, finalize, type Observable, share, Subject, tap } from 'rxjs'
import { parseConfig } from './config/parseConfig.js'
import type { Config, ConfigInput } from './config/schema.js'
import type { Turn } from './domain/chainState.js'
import { defined } from './domain/defined.js'
import { createActivities } from './monitor/control/activities.js'
import { createControl, type ControlOptions } from './monitor/control/control.js'
import { type KeptBack, pollAll } from './monitor/control/pollAll.js'
import { createCurrentSetup } from './monitor/currentSetup.js'
import { createLatestStates, type LatestStates } from './monitor/latestStates.js'
import { logMigration, progressLog, silentLog } from './monitor/monitorLog.js'
import { votesOf } from './monitor/movedVotes.js'
import type { Monitor, MonitorDeps } from './monitor/Monitor.js'
import { createServerAccess } from './monitor/createServerAccess.js'
import { createReload } from './monitor/control/createReload.js'
import { requireKnown } from './monitor/requireKnown.js'
import { serverOf } from './monitor/serverOf.js'
import { setUp, type SetUpDeps } from './monitor/setUp.js'
import { viewsOf } from './monitor/viewsOf.js'
import { watchChains } from './monitor/turns/watchChains.js'
import type { OutboxOptions } from './sinks/outbox/OutboxOptions.js'
import { holdStore } from './store/holdStore.js'
import { keepMemory } from './store/keepMemory.js'
import { machineClock } from './store/steadyClock.js'
import type { Store } from './store/Store.js'
import { shareState } from './streams/shareState.js'
import { whileHeld } from './streams/whileHeld.js'

/**
 * Combines sources, streams and sinks for a configuration, either as written or as returned by `loadConfig`. The
 * monitor is cold: nothing is opened, read or written before the first subscription, `sync()` or `run()`.
 *
 * @throws ConfigError that lists every problem in the configuration.
 *
 * @example
 * const governance = { system: 'governor', address: '0x…' }
 * const monitor = createMonitor({ chains: [{ name: 'local', rpc: { urls: ['http://127.0.0.1:8545'] }, governance }] })
 * await monitor.run({ signal })
 */
export function createMonitor(config: ConfigInput | Config, deps: MonitorDeps = {}): Monitor {
  return assembleMonitor(parseFor(deps, config), deps)
}

/** Parses the configuration together with the clients, readers and handlers that the host supplies for its chains. */
function parseFor(deps: MonitorDeps, config: ConfigInput | Config): Config {
  const { clients = {}, readers = {}, handlers = [] } = deps
  const parsed = parseConfig(config, {
    clients: Object.keys(clients),
    readers: Object.keys(readers),
    handlers: handlers.map(({ type }) => type),
  })
  requireKnown(deps, parsed)
  return parsed
}

interface AssemblyDeps extends MonitorDeps {
  /** A store that the caller keeps open. @defaultValue the store at `state`, opened while the monitor is in use */
  readonly store$?: Observable<Store>
}

/** A custom scheduler brings its own clock, so the machine's steady clock is left out. */
function clocksOf({ scheduler }: MonitorDeps): Pick<OutboxOptions, 'now' | 'scheduler' | 'steady'> {
  return scheduler === undefined
    ? { now: () => asyncScheduler.now(), steady: machineClock() }
    : { now: () => scheduler.now(), scheduler }
}

/** Like {@link createMonitor}, for a configuration that is already parsed. */
export function assembleMonitor(config: Config, { store$: kept$, ...deps }: AssemblyDeps = {}): Monitor {
  const { scheduler = asyncScheduler, random = Math.random, handlers = [], log = silentLog } = deps
  const { now, ...clock } = clocksOf(deps)
  requireKnown(deps, config)
  const { cover, ...outside } = createServerAccess(config)
  const onProgress = deps.onProgress ?? progressLog(log, now)
  const compose: SetUpDeps['compose'] = (notification) => setup().compose(notification)
  const setupDeps: SetUpDeps = { ...deps, ...outside, onProgress, handlers, log, now, scheduler, compose }
  const { setup, setup$, replace } = createCurrentSetup(setUp(config, setupDeps))
  const states = createLatestStates(config.state, () => [...setup().chains.keys()], log)

  // Subjects through which calls enter the streams as events.
  const [force$, stopping$, keptBack$] = [new Subject<string>(), new Subject<void>(), new Subject<KeptBack>()]
  const activities = createActivities()
  const shared = { setup$, setup, log, now, steady: clock.steady?.now ?? now, scheduler }
  const store$ = storeOf(config, { ...shared, states, kept$ })
  const turn$: Observable<Turn> = store$.pipe(
    whileHeld((store) =>
      watchChains({
        ...shared,
        store,
        random,
        force$,
        stopping$,
        isAtWork: activities.isAtWork,
        onSeed: states.keep,
        onKeptBack: (kept: KeptBack) => keptBack$.next(kept),
        onGone: states.forget,
        readAll: () => pollAll(control),
      }),
    ),
    tap(({ state }) => states.keep(state)),
    finalize(states.clear),
    share(),
  )
  const control: ControlOptions = {
    ...shared,
    activities,
    store$,
    turn$,
    keptBack$,
    outbox: { now, ...clock, random, conceal: outside.conceal, votes: votesOf(turn$, states, shared) },
    force: (name) => force$.next(name),
    stopReading: () => stopping$.next(),
    isUnwritable: () => states.unwritableSince() !== undefined,
    unwritable$: states.unwritable$,
    ...defined({
      serve: serverOf(config, { ...outside, ...shared, ...states, ...defined({ reload: deps.reread }) }),
    }),
  }
  const reload = createReload({ setup, replace, log, parse: (next) => parseFor(deps, next), setupDeps, cover })
  return { ...viewsOf(turn$, states), ...createControl(control), reload }
}

interface SharedStore extends Pick<ControlOptions, 'setup' | 'log' | 'now' | 'scheduler'> {
  readonly states: LatestStates
  readonly kept$: AssemblyDeps['store$'] | undefined
}

/** The store that all subscribers share. While it is open, the latest states are read from it. */
function storeOf(
  { state, http }: Config,
  { states, kept$, setup, log, now, scheduler }: SharedStore,
): Observable<Store> {
  const held$ =
    kept$ ??
    holdStore({
      path: state,
      bounds: () => setup().config.notifier,
      now,
      scheduler,
      ...defined({ journal: http?.journal }),
      onMigrate: logMigration(log),
      onUnwritable: states.setUnwritable,
      open: keepMemory(),
    })
  return held$.pipe(tap(states.hold), finalize(states.letGo), shareState())
}
