import type { Announcement } from '../chainState.js'
import type { Labels } from '../labels.js'
import { eventCatalogue } from './events/eventCatalogue.js'
import type { Notification, NotificationDataOf, NotificationEvent, Priority } from './notification.js'

/** Settings for the conversion of facts into notifications. */
export interface AnnounceOptions {
  /** Priorities that differ from the defaults. */
  readonly priorities?: Readonly<Partial<Record<NotificationEvent, Priority>>>
  /** Labels of the chain; those of a proposal or an upgrade are added. @defaultValue none */
  readonly labels?: Labels
}

/**
 * A fact and its data. The id, priority and texts of its notification are derived from it by the declaration of its
 * event.
 */
export type DraftOf<Events extends NotificationEvent> = {
  readonly [Event in Events]: Fact & { readonly event: Event; readonly data: NotificationDataOf<Event> }
}[Events]
export type Draft = DraftOf<NotificationEvent>

interface Fact {
  readonly chain: string
  /** ISO 8601 UTC. */
  readonly timestamp: string
  /** The subject of the fact: the key of a proposal, or the name of a chain. */
  readonly subject: string
  /** False if the fact includes its own time and cannot be announced twice. @defaultValue true */
  readonly remembered?: boolean | undefined
  /** Distinguishes this fact from others of the same event and subject. */
  readonly fact?: string | undefined
}

/** Returns the notification of a fact. Its id is the same for the same fact: readable, ASCII and safe for a header. */
export function draftNotification(draft: Draft): Announcement {
  const { subject, remembered = true, fact, ...told } = draft
  const id = notificationId(subject, draft.event, fact)
  return { ...(remembered && { subject }), notification: { ...told, ...wordsOf(draft), id, read: false } }
}

function wordsOf<Event extends NotificationEvent>({
  event,
  data,
  chain,
  timestamp,
}: DraftOf<Event>): Pick<Notification, 'priority' | 'title' | 'message'> {
  const { priority, title, message } = eventCatalogue[event]
  const told = { chain, timestamp }
  return { priority, title: title(data, told), message: message(data, told).join('\n') }
}

/** Applies the configured priority and the labels of the chain; the labels in `own` are added. */
export function asConfigured(
  { notification, ...rest }: Announcement,
  { priorities = {}, labels = {} }: AnnounceOptions,
  own: Labels = {},
): Announcement {
  const priority = priorities[notification.event] ?? notification.priority
  return { ...rest, notification: { ...notification, labels: { ...labels, ...own }, priority } }
}

/** Returns the id of a fact's notification. */
export function notificationId(subject: string, event: NotificationEvent, fact: string | undefined): string {
  return `${notificationSubject(subject)}:${event}${fact === undefined ? '' : `:${ascii(fact)}`}`
}

/** Returns the subject in the form in which it begins the ids of its notifications. */
export function notificationSubject(subject: string): string {
  return ascii(subject)
}

const maxPart = 400

/** Escapes and shortens a part of an id. A long part keeps both ends, because the end distinguishes facts. */
function ascii(part: string): string {
  const text = encodeURIComponent(part.toWellFormed()).replaceAll('%2F', '/')
  return text.length <= maxPart ? text : `${text.slice(0, maxPart / 2)}~${text.slice(1 - maxPart / 2)}`
}
