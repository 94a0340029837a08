import * as z from 'zod'
import {
  defaultPriorities,
  formerSubjectOf,
  type Notification,
  type NotificationEvent,
  type Priority,
  priorities,
  reaches,
} from '../domain/notifications/notification.js'
import { standingOf } from '../domain/notifications/message.js'
import { list, oneOf, text } from '../schema/scalars.js'

/** Which notifications a handler gets: those that match every field that is set; all if none is set. */
export interface HandlerFilter {
  /** Minimum priority. @defaultValue `low` */
  readonly minPriority?: Priority
  /** Only these events. @defaultValue all */
  readonly events?: readonly NotificationEvent[]
  /** Only these chains, by their names. @defaultValue all */
  readonly chains?: readonly string[]
  /**
   * Also accepts notifications that close or answer an earlier one, whatever their priority and event: something is
   * over or withdrawn, we voted, or the vote ended.
   */
  readonly closes?: boolean
}

/** Every event, in the order of the documentation. */
export const events = Object.keys(defaultPriorities).filter(isEvent)

/** The keys of a {@link HandlerFilter} in the configuration. */
export const filterKeys = {
  minPriority: oneOf(priorities).prefault('low').describe('Minimum priority.'),
  events: z.exactOptional(list(oneOf(events), 'events').readonly()).describe('Only these events.'),
  chains: z.exactOptional(list(text(), 'chain names').readonly()).describe('Only these chains.'),
}

/** Returns true if the notification passes the filter. */
export function passesFilter(filter: HandlerFilter, notification: Notification): boolean {
  const { minPriority = 'low', events } = filter
  const { priority, event } = notification
  const fits = reaches(priority, minPriority) && (events === undefined || events.includes(event))
  return (fits && isOfChain(filter, notification)) || passesToClose(filter, notification)
}

const answering: ReadonlySet<string> = new Set(['voted', 'voting_ended'])

/** Returns true for our own vote and for the end of the vote: nobody needs to be asked to vote any more. */
export function isAnswer(event: NotificationEvent): boolean {
  return answering.has(event)
}

/** Returns true if the handler wants the notification because it may close an earlier one of that subject. */
export function passesToClose(filter: HandlerFilter, notification: Notification): boolean {
  const { closes = false } = filter
  return closes && mayClose(notification) && isOfChain(filter, notification)
}

/** Returns true if the notification may end something that was announced before. */
export function mayClose(notification: Notification): boolean {
  const isEnd = standingOf(notification) !== 'open' || isAnswer(notification.event)
  return isEnd || formerSubjectOf(notification) !== undefined
}

function isOfChain({ chains }: HandlerFilter, { chain }: Notification): boolean {
  return chains === undefined || chains.includes(chain)
}

function isEvent(word: string): word is NotificationEvent {
  return word in defaultPriorities
}
