import {
  declarationOf,
  eventCatalogue,
  type NotificationDataByEvent,
  type NotificationEvent,
} from './events/eventCatalogue.js'
import { partSubjects, planSubject } from './events/planSubject.js'
import type { Priority } from './priority.js'
import { withFallback, strictData } from './strictData.js'

export type { NotificationEvent } from './events/eventCatalogue.js'
export { priorities, type Priority, reaches } from './priority.js'

/** Every event with its default priority. */
export const defaultPriorities: Readonly<Record<NotificationEvent, Priority>> = prioritiesOf(eventCatalogue)

function prioritiesOf<Event extends string>(
  events: Readonly<Record<Event, { readonly priority: Priority }>>,
): Readonly<Record<Event, Priority>>
function prioritiesOf(events: Readonly<Record<string, { readonly priority: Priority }>>): Record<string, Priority> {
  return Object.fromEntries(Object.entries(events).map(([event, { priority }]) => [event, priority]))
}

/** The type of `data` in a notification of this event. */
export type NotificationDataOf<Event extends NotificationEvent> = NotificationDataByEvent[Event]

/** The properties that every notification has, whatever its event. */
export interface NotificationBase {
  readonly id: string
  readonly priority: Priority
  readonly chain: string
  /** One line. */
  readonly title: string
  /** A few plain lines. Text from a chain is sanitised and capped; escaping is up to each channel. */
  readonly message: string
  /** ISO 8601 UTC: chain time of the block that it is about, or host time if it is about no block. */
  readonly timestamp: string
  readonly read: boolean
  /** Labels given by the operator, by name. @defaultValue none */
  readonly labels?: Readonly<Record<string, string>>
  /** The id of the silence that held it back; it is then only in the inbox. */
  readonly silenced?: string
}

/** A notification of one of these events; `event` determines the type of `data`. */
export type NotificationOf<Events extends NotificationEvent> = {
  readonly [Event in Events]: NotificationBase & {
    readonly event: Event
    readonly data: NotificationDataOf<Event>
  }
}[Events]

/**
 * One announced fact. The same fact always has the same id. `event` determines the type of `data`; a notification that
 * an older version stored has the data of that version.
 */
export type Notification = NotificationOf<NotificationEvent>

/** Returns the id of the proposal that a notification is about; `undefined` if it is about none. */
export function proposalIdOf({ data }: Notification): string | undefined {
  return 'proposalId' in data && typeof data.proposalId === 'string' ? data.proposalId : undefined
}

/** Returns the handler name of the channel that a notification is about; `undefined` if it is about none. */
export function channelNameOf(notification: Notification): string | undefined {
  const { event } = notification
  return event === 'channel_down' || event === 'channel_recovered' ? notification.data.channel : undefined
}

/**
 * Returns the subject of a notification, as its event declares it. Notifications with one subject belong together, and
 * one whose standing is `over` ends the subject. If data of another version lacks what the subject is made of, the
 * subject is that of the proposal or the chain.
 */
export function subjectOf(notification: Notification): string {
  return withFallback(
    () => declaredSubject(notification),
    () => planSubject(notification.data, notification.chain),
  )
}

function declaredSubject<Event extends NotificationEvent>({ event, data, chain }: NotificationOf<Event>): string {
  const subject = declarationOf(event)?.subject
  return subject === undefined ? planSubject(data, chain) : subject(strictData(data), chain)
}

/**
 * Returns true if the notification is about a part of a plan: a preflight check or the command after its file. The end
 * of such a part may be announced under the subject of the plan alone.
 */
export function isAboutPart(notification: Notification): boolean {
  const { data, chain } = notification
  return partSubjects(planSubject(data, chain)).includes(subjectOf(notification))
}

/**
 * Returns the subject that continues under the subject of the notification: another proposal has moved its plan, or
 * asks for the same upgrade as an own plan. No later notification closes what was posted for the former subject.
 * Accepts the data of any version.
 */
export function formerSubjectOf({ event, data }: Notification): string | undefined {
  if (event === 'upgrade_scheduled') return ('follows' in data ? data.follows : undefined) ?? undefined
  if (event !== 'upgrade_rescheduled') return undefined
  return withFallback(
    () => {
      const { key, before } = data
      return before === null || before.key === key ? undefined : before.key
    },
    () => undefined,
  )
}
