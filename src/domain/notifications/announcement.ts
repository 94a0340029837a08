import type { Announcement } from '../chainState.js'
import type { Labels } from '../labels.js'
import { eventCatalogue } from './events/eventCatalogue.js'
import type { Notification, NotificationDataOf, NotificationEvent, Priority } from './notification.js'

/** How facts become notifications. */
export interface AnnounceOptions {
  /** Priorities that differ from the default ones. */
  readonly priorities?: Readonly<Partial<Record<NotificationEvent, Priority>>>
  /** Of the chain; those of a proposal or an upgrade come on top. @defaultValue none */
  readonly labels?: Labels
}

/**
 * What is told, and the fact that it tells. Id, priority and words of its notification follow from it, as its event
 * declares them.
 */
export type DraftOf<Events extends NotificationEvent> = {
  readonly [Event in Events]: Fact & { readonly event: Event; readonly data: NotificationDataOf<Event> }
}[Events]
export type Draft = DraftOf<NotificationEvent>

interface Fact {
  readonly chain: string
  /** ISO 8601 UTC. */
  readonly timestamp: string
  /** What it is about: the key of a proposal, or the name of a chain. */
  readonly subject: string
  /** False where the fact holds its own moment and cannot be told twice. @defaultValue true */
  readonly remembered?: boolean | undefined
  /** What tells this fact from others of the same event and subject. */
  readonly fact?: string | undefined
}

/** The notification of a fact, with the id that this fact always gets: readable, ASCII, fit for a header. */
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

/** With the priority that is configured for its event, and the labels of its chain; its `own` come on top. */
export function asConfigured(
  { notification, ...rest }: Announcement,
  { priorities = {}, labels = {} }: AnnounceOptions,
  own: Labels = {},
): Announcement {
  const priority = priorities[notification.event] ?? notification.priority
  return { ...rest, notification: { ...notification, labels: { ...labels, ...own }, priority } }
}

/** The id of the notification of a fact. */
export function notificationId(subject: string, event: NotificationEvent, fact: string | undefined): string {
  return `${notificationSubject(subject)}:${event}${fact === undefined ? '' : `:${ascii(fact)}`}`
}

/** How a subject stands at the start of the ids of its notifications. */
export function notificationSubject(subject: string): string {
  return ascii(subject)
}

const maxPart = 400

/** Header-safe and bounded. Both ends of what is too long stay: the end holds what tells facts apart. */
function ascii(part: string): string {
  const text = encodeURIComponent(part.toWellFormed()).replaceAll('%2F', '/')
  return text.length <= maxPart ? text : `${text.slice(0, maxPart / 2)}~${text.slice(1 - maxPart / 2)}`
}
