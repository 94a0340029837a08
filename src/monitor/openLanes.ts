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
  /** The lanes by the key that outbox rows carry. */
  readonly lanes: ReadonlyMap<string, OutboxLane>
  readonly route: NotificationRoute
  /** The latest requests to each service. The pacers of its handlers keep adding to them. */
  readonly sent: ReadonlyMap<string, Sent>
}

/** The requests noted by a pacer, in Unix milliseconds. */
interface Sent {
  readonly times: number[]
  readonly unanswered: number[]
}

export interface LaneDeps extends ChannelDeps {
  /** Handlers supplied by the host. */
  readonly handlers: readonly Handler[]
  readonly scheduler: SchedulerLike
  /** Lanes opened before that are reused as they are. @defaultValue none */
  readonly kept?: ReadonlyMap<string, OutboxLane>
  /** Requests that earlier handlers sent; the rate of their successors includes them. @defaultValue none */
  readonly sent?: Lanes['sent']
}

/**
 * Opens the lanes of the configured handlers, then those of the host. Each receives the notifications that the routes
 * and its own filter accept.
 */
export function openLanes(
  { notifier, chains }: Config,
  { handlers, scheduler, kept, sent: before, ...deps }: LaneDeps,
): Lanes {
  const lanes = new Map<string, OutboxLane>()
  const routed = new Map<string, RoutedHandler>()
  const sent = new Map<string, Sent>()
  for (const settings of notifier.handlers) {
    // Services of another type have limits of their own, even under the same name.
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
