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

/** Which notifications a handler gets: those that fit every part; where nothing is said, all. */
export interface HandlerFilter {
  /** Least priority it wants. @defaultValue `low` */
  readonly minPriority?: Priority
  /** Only these events. @defaultValue all */
  readonly events?: readonly NotificationEvent[]
  /** Only these chains, by their names. @defaultValue all */
  readonly chains?: readonly string[]
  /**
   * It also wants what is over or withdrawn, our votes and the end of the vote, whatever their priority and event: they
   * close, or answer, what it was told before.
   */
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
export function passesFilter(filter: HandlerFilter, notification: Notification): boolean {
  const { minPriority = 'low', events } = filter
  const { priority, event } = notification
  const fits = reaches(priority, minPriority) && (events === undefined || events.includes(event))
  return (fits && isOfChain(filter, notification)) || passesToClose(filter, notification)
}

const answering: ReadonlySet<string> = new Set(['voted', 'voting_ended'])

/** True of our vote, and of the end of the vote: nobody is asked to vote any more. */
export function isAnswer(event: NotificationEvent): boolean {
  return answering.has(event)
}

/** True where the handler wants the notification for what it was told before, if it was told of that subject at all. */
export function passesToClose(filter: HandlerFilter, notification: Notification): boolean {
  const { closes = false } = filter
  return closes && mayClose(notification) && isOfChain(filter, notification)
}

/** True of what may end something that was told before. */
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
