import { isDeepStrictEqual } from 'node:util'
import type { ChannelDeps, LogWriter } from '../channels/Channel.js'
import { type ConfigDifference, differenceOf } from '../config/differenceOf.js'
import type { ChainConfig, Config } from '../config/schema.js'
import { defined } from '../domain/defined.js'
import type { NotificationRoute } from '../domain/notifications/routing.js'
import type { OutboxLane } from '../sinks/outbox/OutboxOptions.js'
import { assembleChains, type Chain, type ChainDeps } from './chain/assembleChain.js'
import { lineOf } from './chain/lineOptionsOf.js'
import { composerOf } from './composerOf.js'
import { type Heartbeat, heartbeatOf } from './heartbeat.js'
import type { MonitorDeps } from './Monitor.js'
import { type LaneDeps, type Lanes, openLanes } from './openLanes.js'

/** Everything created from one configuration. */
export interface Setup {
  readonly config: Config
  /** The enabled chains, by name. */
  readonly chains: ReadonlyMap<string, Chain>
  /** The lanes of the handlers, by the key that outbox rows carry. */
  readonly lanes: ReadonlyMap<string, OutboxLane>
  readonly route: NotificationRoute
  /** Requests that the handlers have sent, for the pacers of their successors. */
  readonly sent: Lanes['sent']
  readonly compose: ChannelDeps['compose']
  readonly stagesOf: ReturnType<typeof lineOf>
  readonly heartbeat?: Heartbeat
  /** What this setup changed, and who asked for it; absent for the first setup. */
  readonly change?: { readonly difference: ConfigDifference; readonly by: string }
}

export interface SetUpDeps
  extends
    Pick<MonitorDeps, 'clients' | 'readers' | 'extractPlan' | 'stages'>,
    Omit<ChainDeps, 'client' | 'ownReader' | 'extractPlan' | 'voters'>,
    Pick<LaneDeps, 'handlers' | 'scheduler'> {
  readonly log: LogWriter
  /** Composes messages according to the latest configuration. */
  readonly compose: ChannelDeps['compose']
}

/**
 * Creates everything for a configuration. Parts whose settings did not change are the same objects as before, so that
 * their work goes on without a restart. Nothing is contacted.
 */
export function setUp(
  config: Config,
  deps: SetUpDeps,
  replaced?: { readonly setup: Setup; readonly by: string },
): Setup {
  const { now, scheduler, log } = deps
  const before = replaced?.setup
  const chains = assembleChains(config, deps, deps, before && keptChains(before, config))
  const former = before && { kept: keptLanes(before, config), sent: before.sent }
  const { lanes, route, sent } = openLanes(config, { ...deps, ...former })
  const heartbeat =
    before !== undefined && isDeepStrictEqual(pulseOf(before.config), pulseOf(config))
      ? before.heartbeat
      : heartbeatOf(config, { ...deps, log, now, scheduler })
  return {
    config,
    chains,
    lanes,
    route,
    sent,
    compose: composerOf(config, { now }),
    stagesOf: lineOf(config, deps),
    ...defined({ heartbeat }),
    ...(replaced && { change: { difference: differenceOf(replaced.setup.config, config), by: replaced.by } }),
  }
}

/** The chains whose own and shared settings did not change. */
function keptChains({ config: before, chains }: Setup, after: Config): ReadonlyMap<string, Chain> {
  const wanted = new Map(after.chains.map((chain) => [chain.name, chain]))
  const isShared = isDeepStrictEqual(sharedByChains(before), sharedByChains(after))
  return new Map([...chains].filter(([name, { config }]) => isShared && isDeepStrictEqual(config, wanted.get(name))))
}

function sharedByChains({ proposals, notifier: { voters, reminders, priorities } }: Config): unknown {
  return { proposals, voters, reminders, priorities }
}

/** The lanes of handlers whose own and shared settings did not change. Handlers of the host have no own settings. */
function keptLanes({ config: before, lanes }: Setup, after: Config): ReadonlyMap<string, OutboxLane> {
  const [was, is] = [before, after].map(({ notifier }) => new Map(notifier.handlers.map((one) => [one.name, one])))
  const isShared = isDeepStrictEqual(sharedByHandlers(before), sharedByHandlers(after))
  return new Map([...lanes].filter(([name]) => isShared && isDeepStrictEqual(was?.get(name), is?.get(name))))
}

function sharedByHandlers({ notifier: { templates, timezone } }: Config): unknown {
  return { templates, timezone }
}

/** All settings that the heartbeat depends on. */
function pulseOf({ chains, notifier: { heartbeat } }: Config): unknown {
  const watched = chains.filter(({ monitor }) => monitor.enabled)
  return { heartbeat, watched: watched.map(({ name, monitor }: ChainConfig) => ({ name, monitor })) }
}
