import type { Config, HandlerConfig } from '../config/schema.js'
import { type Notification, reaches } from '../domain/notifications/notification.js'
import type { Handler } from '../channels/Handler.js'
import { logHandler, type LogWriter } from '../channels/logHandler.js'
import { webhookHandler } from '../channels/webhookHandler.js'
import type { HttpClient } from '../transport/HttpClient.js'
import type { Lane } from '../sinks/outbox/OutboxOptions.js'
import type { Route } from '../store/Store.js'

export interface Lanes {
  /** By the key that outbox rows carry. */
  readonly lanes: ReadonlyMap<string, Lane>
  readonly route: Route
}

export interface LaneDeps {
  readonly log: LogWriter
  readonly now: () => number
  readonly http: HttpClient
  /** Handlers of the host's own; they get every notification. */
  readonly handlers: readonly Handler[]
}

const ownTimeoutMs = 30_000

/** Where notifications go: the configured handlers, then those the host brought along. */
export function lanesOf({ notifier }: Config, { log, now, handlers, http }: LaneDeps): Lanes {
  const lanes = new Map<string, Lane>()
  const wanted = new Map<string, (notification: Notification) => boolean>()
  for (const handler of notifier.handlers) {
    lanes.set(handler.name, laneOf(handler, { log, now, http }))
    wanted.set(handler.name, (notification) => wants(handler, notification))
  }
  for (const handler of handlers) {
    const key = freeKey(handler.type, lanes)
    lanes.set(key, { handler, timeoutMs: ownTimeoutMs })
    wanted.set(key, () => true)
  }
  return { lanes, route: (notification) => [...wanted].flatMap(([key, wants]) => (wants(notification) ? [key] : [])) }
}

function laneOf(handler: HandlerConfig, { log, now, http }: Pick<LaneDeps, 'log' | 'now' | 'http'>): Lane {
  if (handler.type === 'log') return { handler: logHandler({ write: log }), timeoutMs: ownTimeoutMs }
  const { url, secret, timeout, maxAttempts } = handler
  return {
    handler: webhookHandler({ url, timeoutMs: timeout, now, http, ...(secret !== undefined && { secret }) }),
    maxAttempts,
    timeoutMs: timeout,
  }
}

function wants({ minPriority, events, chains }: HandlerConfig, { priority, event, chain }: Notification): boolean {
  return (
    reaches(priority, minPriority) &&
    (events === undefined || events.includes(event)) &&
    (chains === undefined || chains.includes(chain))
  )
}

function freeKey(type: string, lanes: ReadonlyMap<string, Lane>): string {
  for (let count = 1; ; count += 1) {
    const key = count === 1 ? type : `${type}-${count}`
    if (!lanes.has(key)) return key
  }
}
