import * as z from 'zod'
import {
  defaultPriorities,
  type Notification,
  type NotificationEvent,
  type Priority,
  priorities,
  reaches,
} from '../domain/notifications/notification.js'
import { standingOf } from '../domain/notifications/message.js'
import { list, oneOf, text } from '../schema/scalars.js'

/** Which notifications a handler gets: those that fit every part; where nothing is said, all. */
export interface HandlerFilter {
  /** Least priority it wants. @defaultValue `low` */
  readonly minPriority?: Priority
  /** Only these events. @defaultValue all */
  readonly events?: readonly NotificationEvent[]
  /** Only these chains, by their names. @defaultValue all */
  readonly chains?: readonly string[]
  /** It also wants what is over or withdrawn, and our votes, whatever their priority and event: that closes alerts. */
  readonly closes?: boolean
}

/** Every event, in the order of the documentation. */
export const events = Object.keys(defaultPriorities).filter(isEvent)

/** The keys of a {@link HandlerFilter} in the configuration. */
export const filterKeys = {
  minPriority: oneOf(priorities).prefault('low').describe('Least priority it wants.'),
  events: z.exactOptional(list(oneOf(events), 'events').readonly()).describe('Only these events.'),
  chains: z.exactOptional(list(text(), 'chain names').readonly()).describe('Only these chains.'),
}

/** True where the notification passes the filter. */
export function passesFilter(
  { minPriority = 'low', events, chains, closes = false }: HandlerFilter,
  { priority, event, chain }: Notification,
): boolean {
  return (
    ((closes && (standingOf(event) !== 'open' || event === 'voted')) ||
      (reaches(priority, minPriority) && (events === undefined || events.includes(event)))) &&
    (chains === undefined || chains.includes(chain))
  )
}

function isEvent(word: string): word is NotificationEvent {
  return word in defaultPriorities
}
