import type { SchedulerLike } from 'rxjs'
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
}

export interface LaneDeps extends ChannelDeps {
  /** Handlers of the host's own. */
  readonly handlers: readonly Handler[]
  readonly scheduler: SchedulerLike
}

/**
 * Where notifications go: the configured handlers, then those the host brought along; each gets what the routes and its
 * own filter let through.
 */
export function openLanes({ notifier, chains }: Config, { handlers, scheduler, ...deps }: LaneDeps): Lanes {
  const lanes = new Map<string, OutboxLane>()
  const routed = new Map<string, RoutedHandler>()
  for (const settings of notifier.handlers) {
    const compose = withTemplatesOf(settings, { notifier }, deps)
    const channel = channelOf(settings)
    const pacer = createPacer(settings.rate)
    const http = pacedClient({ http: deps.http, pacer, now: deps.now, scheduler })
    const opened = openBundling((own) => channel.open(settings, own), { ...deps, http, compose })
    lanes.set(settings.name, { timeoutMs: defaultTimeoutMs, ...opened, pacer })
    routed.set(settings.name, {
      ...filterOf(settings),
      bundles: channel.bundles !== false,
    })
  }
  for (const handler of handlers) {
    const key = freeName(handler.type, lanes)
    lanes.set(key, { handler, timeoutMs: defaultTimeoutMs })
    routed.set(key, { ...filterOf(handler), bundles: false })
  }
  const systems = new Map(chains.map(({ name, governance }) => [name, governance.system]))
  const systemOf = (chain: string): string | undefined => systems.get(chain)
  const { routes: rules, timezone } = notifier
  return { lanes, route: createRouter({ rules, handlers: routed, timezone, systemOf }) }
}

function filterOf(filter: HandlerFilter): Pick<RoutedHandler, 'wants' | 'closes'> {
  return {
    wants: (notification) => passesFilter({ ...filter, closes: false }, notification),
    closes: (notification) => passesToClose(filter, notification),
  }
}
