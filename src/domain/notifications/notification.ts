import {
  declarationOf,
  eventCatalogue,
  type NotificationDataByEvent,
  type NotificationEvent,
} from './events/eventCatalogue.js'
import { partSubjects, planSubject } from './events/planSubject.js'
import type { Priority } from './priority.js'
import { orElse, strictData } from './strictData.js'

export type { NotificationEvent } from './events/eventCatalogue.js'
export { priorities, type Priority, reaches } from './priority.js'

/** Every event there is, with its default priority. */
export const defaultPriorities: Readonly<Record<NotificationEvent, Priority>> = prioritiesOf(eventCatalogue)

function prioritiesOf<Event extends string>(
  events: Readonly<Record<Event, { readonly priority: Priority }>>,
): Readonly<Record<Event, Priority>>
function prioritiesOf(events: Readonly<Record<string, { readonly priority: Priority }>>): Record<string, Priority> {
  return Object.fromEntries(Object.entries(events).map(([event, { priority }]) => [event, priority]))
}

/** What the `data` of a notification of this event holds. */
export type NotificationDataOf<Event extends NotificationEvent> = NotificationDataByEvent[Event]

/** What every notification holds, whatever its event. */
export interface NotificationBase {
  readonly id: string
  readonly priority: Priority
  readonly chain: string
  /** One line. */
  readonly title: string
  /** A few plain lines. Chain text in it is sanitised and capped; escaping is each channel's own work. */
  readonly message: string
  /** ISO 8601 UTC: chain time of the block it is about, host time for the health of a source. */
  readonly timestamp: string
  readonly read: boolean
  /** The operator's own, by name. @defaultValue none */
  readonly labels?: Readonly<Record<string, string>>
  /** The id of the silence that held it back: it is in the inbox and nowhere else. */
  readonly silenced?: string
}

/** A notification of one of these events: `event` says what `data` holds. */
export type NotificationOf<Events extends NotificationEvent> = {
  readonly [Event in Events]: NotificationBase & {
    readonly event: Event
    readonly data: NotificationDataOf<Event>
  }
}[Events]

/**
 * One fact that people are told. The same fact always has the same id. `event` says what `data` holds; a notification
 * that an older version wrote into the state has the data of that version.
 */
export type Notification = NotificationOf<NotificationEvent>

/** The id of the proposal that a notification is about; absent where it is about none. */
export function proposalIdOf({ data }: Notification): string | undefined {
  return 'proposalId' in data && typeof data.proposalId === 'string' ? data.proposalId : undefined
}

/** The channel that a notification is about, by the name of its handler; absent where it is about none. */
export function channelNameOf(notification: Notification): string | undefined {
  const { event } = notification
  return event === 'channel_down' || event === 'channel_recovered' ? notification.data.channel : undefined
}

/**
 * What a notification is about, as its event declares it. Those of one subject belong together, and one that is over
 * ends it. Where another version left out what the subject is made of, it is that of the proposal or the chain.
 */
export function subjectOf(notification: Notification): string {
  return orElse(
    () => declaredSubject(notification),
    () => planSubject(notification.data, notification.chain),
  )
}

function declaredSubject<Event extends NotificationEvent>({ event, data, chain }: NotificationOf<Event>): string {
  const subject = declarationOf(event)?.subject
  return subject === undefined ? planSubject(data, chain) : subject(strictData(data), chain)
}

/** True of what is told of a part of a plan: its end may be told under the subject of the plan alone. */
export function isAboutPart(notification: Notification): boolean {
  const { data, chain } = notification
  return partSubjects(planSubject(data, chain)).includes(subjectOf(notification))
}

/**
 * The subject that goes on under that of the notification, where another proposal has moved a plan, or asks for what
 * was a plan of the operator's own: nothing more is told of it that would close what was posted. Of the data of any
 * version.
 */
export function formerSubjectOf({ event, data }: Notification): string | undefined {
  if (event === 'upgrade_scheduled') return ('follows' in data ? data.follows : undefined) ?? undefined
  if (event !== 'upgrade_rescheduled') return undefined
  return orElse(
    () => {
      const { key, before } = data
      return before === null || before.key === key ? undefined : before.key
    },
    () => undefined,
  )
}
