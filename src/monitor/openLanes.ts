import type { ChannelDeps } from '../channels/Channel.js'
import { type HandlerFilter, passesFilter } from '../channels/filter.js'
import type { Handler } from '../channels/Handler.js'
import { freeName } from '../channels/nameHandlers.js'
import { channelOf } from '../channels/registry.js'
import type { Config } from '../config/schema.js'
import type { OutboxLane } from '../sinks/outbox/OutboxOptions.js'
import { withTemplatesOf } from './composerOf.js'
import type { NotificationRoute } from '../store/Store.js'

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
 * Where notifications go: the configured handlers, then those the host brought along; each gets what its filter lets
 * through.
 */
export function openLanes({ notifier }: Config, { handlers, ...deps }: LaneDeps): Lanes {
  const lanes = new Map<string, OutboxLane>()
  const filters = new Map<string, HandlerFilter>()
  for (const settings of notifier.handlers) {
    const compose = withTemplatesOf(settings, { notifier }, deps)
    lanes.set(settings.name, { timeoutMs, ...channelOf(settings).open(settings, { ...deps, compose }) })
    filters.set(settings.name, settings)
  }
  for (const handler of handlers) {
    const key = freeName(handler.type, lanes)
    lanes.set(key, { handler, timeoutMs })
    filters.set(key, handler)
  }
  return {
    lanes,
    route: (notification) => [...filters].flatMap(([key, filter]) => (passesFilter(filter, notification) ? [key] : [])),
  }
}
