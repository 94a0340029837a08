import type { ChannelDeps } from '../channels/Channel.js'
import { passesFilter } from '../channels/filter.js'
import type { Handler } from '../channels/Handler.js'
import { freeName } from '../channels/nameHandlers.js'
import { channelOf } from '../channels/registry.js'
import type { Config } from '../config/schema.js'
import type { OutboxLane } from '../sinks/outbox/OutboxOptions.js'
import type { Notification } from '../domain/notifications/notification.js'
import type { NotificationRoute } from '../domain/notifications/routing.js'
import { createRouter } from '../notify/createRouter.js'
import { withTemplatesOf } from './composerOf.js'

export interface Lanes {
  /** By the key that outbox rows carry. */
  readonly lanes: ReadonlyMap<string, OutboxLane>
  readonly route: NotificationRoute
}

export interface LaneDeps extends ChannelDeps {
  /** Handlers of the host's own. */
  readonly handlers: readonly Handler[]
}

const timeoutMs = 30_000

/**
 * Where notifications go: the configured handlers, then those the host brought along; each gets what the routes and its
 * own filter let through.
 */
export function openLanes({ notifier, chains }: Config, { handlers, ...deps }: LaneDeps): Lanes {
  const lanes = new Map<string, OutboxLane>()
  const wanted = new Map<string, (notification: Notification) => boolean>()
  for (const settings of notifier.handlers) {
    const compose = withTemplatesOf(settings, { notifier }, deps)
    lanes.set(settings.name, { timeoutMs, ...channelOf(settings).open(settings, { ...deps, compose }) })
    wanted.set(settings.name, (notification) => passesFilter(settings, notification))
  }
  for (const handler of handlers) {
    const key = freeName(handler.type, lanes)
    lanes.set(key, { handler, timeoutMs })
    wanted.set(key, (notification) => passesFilter(handler, notification))
  }
  const systems = new Map(chains.map(({ name, governance }) => [name, governance.system]))
  const systemOf = (chain: string): string | undefined => systems.get(chain)
  return { lanes, route: createRouter({ rules: notifier.routes, handlers: wanted, systemOf }) }
}
