import type { Notification, NotificationEvent, Priority } from './notification.js'
import { proposalIdOf } from './notification.js'

/** An address to follow, and what stands there. */
interface MessageLink {
  readonly label: string
  /** http or https. */
  readonly url: string
}

/**
 * What a channel tells people of one notification, before it is put into the syntax of a service. All text is plain and
 * cleaned (`cleanText`); escaping, and cutting to the limits of a service, are each channel's own work.
 */
export interface Message {
  /** Of the notification; the same fact always has the same one. */
  readonly id: string
  /** What it is about: messages of one subject belong into one thread. */
  readonly subject: string
  readonly event: NotificationEvent
  readonly priority: Priority
  readonly chain: string
  /** One line. */
  readonly title: string
  /** What happened and what it means for the reader, most important first. Each is one paragraph on one line. */
  readonly lines: readonly string[]
  /** Short facts by name, such as the tally or the height, for services that can set them apart. */
  readonly facts: readonly { readonly name: string; readonly value: string }[]
  /** What the reader should do now; absent where there is nothing to do. */
  readonly advice?: string
  readonly links: readonly MessageLink[]
  /** ISO 8601 UTC. */
  readonly timestamp: string
  /** `over`: nothing more is to be done about the subject. `withdrawn`: what was told before does not hold any more. */
  readonly standing: 'open' | 'over' | 'withdrawn'
}

const over: ReadonlySet<NotificationEvent> = new Set([
  'proposal_rejected',
  'proposal_executed',
  'proposal_canceled',
  'proposal_expired',
  'proposal_failed',
  'upgrade_completed',
  'upgrade_cancelled',
  'source_recovered',
  'state_rebuilt',
  'hook_ran',
])

/** The message of a notification in the words of the notification itself. */
export function messageOf(notification: Notification): Message {
  const { id, event, priority, chain, title, message, timestamp } = notification
  return {
    id,
    subject: subjectOf(notification),
    event,
    priority,
    chain,
    title,
    lines: message.split('\n').filter((line) => line !== ''),
    facts: [],
    links: [],
    timestamp,
    standing: event === 'proposal_retracted' ? 'withdrawn' : over.has(event) ? 'over' : 'open',
  }
}

/** The proposal that it is about, else the upgrade, else the chain. */
export function subjectOf(notification: Notification): string {
  const { chain, data } = notification
  const id = proposalIdOf(notification)
  if (id === undefined) return chain
  return 'contract' in data && typeof data.contract === 'string' ? `${chain}/${data.contract}/${id}` : `${chain}/${id}`
}
