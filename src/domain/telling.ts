import type { Telling } from './chainState.js'
import type { Json } from './json.js'
import { defaultPriorities, type NotificationEvent } from './notification.js'

export interface Draft {
  readonly chain: string
  readonly event: NotificationEvent
  /** What it is about: the key of a proposal, or the name of a chain. */
  readonly subject: string
  /** False where the fact holds its own moment and cannot be told twice. @defaultValue true */
  readonly remembered?: boolean
  /** What tells this fact from others of the same event and subject. */
  readonly fact?: string
  readonly title: string
  readonly message: string
  /** ISO 8601 UTC. */
  readonly timestamp: string
  readonly data: Readonly<Record<string, Json>>
}

/** A notification with the id that its fact always gets: readable, ASCII, fit for a header. */
export function telling({ chain, event, subject, remembered = true, fact, title, message, timestamp, data }: Draft): Telling {
  const id = [subject, event, ...(fact === undefined ? [] : [fact])].map(ascii).join(':')
  return { ...(remembered && { subject }), notification: { id, event, priority: defaultPriorities[event], chain, title, message, timestamp, data, read: false } }
}

const maxPart = 400

/** Header-safe and bounded. Both ends of what is too long stay: the end holds what tells facts apart. */
function ascii(part: string): string {
  const text = encodeURIComponent(part.toWellFormed()).replaceAll('%2F', '/')
  return text.length <= maxPart ? text : `${text.slice(0, maxPart / 2)}~${text.slice(1 - maxPart / 2)}`
}
