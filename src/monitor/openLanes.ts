import { BehaviorSubject, type SchedulerLike } from 'rxjs'
import { type ChannelDeps, defaultTimeoutMs } from '../channels/Channel.js'
import { type HandlerFilter, passesFilter, passesToClose } from '../channels/filter.js'
import type { Handler } from '../channels/Handler.js'
import { freeName } from '../channels/nameHandlers.js'
import { openBundling } from '../channels/openBundling.js'
import { channelOf } from '../channels/registry.js'
import type { Config } from '../config/schema.js'
import { createPacer } from '../sinks/outbox/createPacer.js'
import type { OutboxLane } from '../sinks/outbox/OutboxOptions.js'
import type { NotificationRoute } from '../domain/notifications/routing.js'
import { createRouter, type RoutedHandler } from '../notify/createRouter.js'
import { pacedClient } from './pacedClient.js'
import { withTemplatesOf } from './composerOf.js'

export interface Lanes {
  /** By the key that outbox rows carry. */
  readonly lanes: ReadonlyMap<string, OutboxLane>
  readonly route: NotificationRoute
  /** The newest requests of each service, as the pacers of its handlers go on noting them. */
  readonly sent: ReadonlyMap<string, Sent>
}

/** As a pacer has it. Unix milliseconds. */
interface Sent {
  readonly times: number[]
  readonly unanswered: number[]
}

export interface LaneDeps extends ChannelDeps {
  /** Handlers of the host's own. */
  readonly handlers: readonly Handler[]
  readonly scheduler: SchedulerLike
  /** What was opened before and goes on as it is. @defaultValue nothing */
  readonly kept?: ReadonlyMap<string, OutboxLane>
  /** What the handlers of before sent: the rate of one that takes over counts it. @defaultValue nothing */
  readonly sent?: Lanes['sent']
}

/**
 * Where notifications go: the configured handlers, then those the host brought along; each gets what the routes and its
 * own filter let through.
 */
export function openLanes(
  { notifier, chains }: Config,
  { handlers, scheduler, kept, sent: before, ...deps }: LaneDeps,
): Lanes {
  const lanes = new Map<string, OutboxLane>()
  const routed = new Map<string, RoutedHandler>()
  const sent = new Map<string, Sent>()
  for (const settings of notifier.handlers) {
    // Another service of the same name has limits of its own.
    const service = `${settings.type} ${channelOf(settings).countedBy?.(settings) ?? settings.name}`
    const noted = sent.get(service) ?? before?.get(service) ?? { times: [], unanswered: [] }
    sent.set(service, noted)
    const lane = kept?.get(settings.name) ?? openLane(settings, { notifier, sent: noted }, { ...deps, scheduler })
    lanes.set(settings.name, lane)
    routed.set(settings.name, { ...filterOf(settings), bundles: channelOf(settings).bundles !== false })
  }
  for (const handler of handlers) {
    const key = freeName(handler.type, lanes)
    lanes.set(key, kept?.get(key) ?? { handler, timeoutMs: defaultTimeoutMs, bundles: false })
    routed.set(key, { ...filterOf(handler), bundles: false })
  }
  const systems = new Map(chains.map(({ name, governance }) => [name, governance.system]))
  const systemOf = (chain: string): string | undefined => systems.get(chain)
  const { routes: rules, timezone } = notifier
  return { lanes, sent, route: createRouter({ rules, handlers: routed, timezone, systemOf }) }
}

function openLane(
  settings: Config['notifier']['handlers'][number],
  { sent, ...config }: Pick<Config, 'notifier'> & { readonly sent: Sent },
  { scheduler, ...deps }: Omit<LaneDeps, 'handlers' | 'kept' | 'sent'>,
): OutboxLane {
  const compose = withTemplatesOf(settings, config, deps)
  const pacer = createPacer(settings.rate, sent.times, sent.unanswered)
  const waits$ = new BehaviorSubject(false)
  const onWait = (isWaiting: boolean): void => waits$.next(isWaiting)
  const http = pacedClient({ http: deps.http, pacer, now: deps.now, scheduler, onWait })
  const opened = openBundling((own) => channelOf(settings).open(settings, own), { ...deps, http, compose })
  return { timeoutMs: defaultTimeoutMs, bundles: channelOf(settings).bundles !== false, ...opened, pacer, waits$ }
}

function filterOf(filter: HandlerFilter): Pick<RoutedHandler, 'wants' | 'closes'> {
  return {
    wants: (notification) => passesFilter({ ...filter, closes: false }, notification),
    closes: (notification) => passesToClose(filter, notification),
  }
}
