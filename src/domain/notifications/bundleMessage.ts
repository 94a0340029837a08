import { defined } from '../defined.js'
import { cleanLine } from '../text/text.js'
import type { Message } from './message.js'
import { notificationsText } from './phrases.js'
import { priorities, type Priority, subjectOf } from './notification.js'
import type { Bundle } from './routing.js'

const maxLines = 20
const maxLine = 300
const maxNamed = 3

/**
 * Returns true if all notifications of a bundle have one subject. The message is then sent as the next one of that
 * subject, as if only the newest had arrived.
 */
export function isOneSubject({ notifications, count }: Bundle): boolean {
  const [first] = notifications
  if (first === undefined || notifications.length < count) return false
  const subject = subjectOf(first)
  return notifications.every((one) => subjectOf(one) === subject)
}

/**
 * Combines messages of one subject: the newest one, and the earlier ones, newest first. The result has the id of the
 * first message and the highest priority of all.
 *
 * @param messages - In the order of their notifications; at least one.
 */
export function subjectMessage(messages: readonly [Message, ...Message[]]): Message {
  const [first] = messages
  const newest = messages.at(-1) ?? first
  const before = messages.slice(0, -1).toReversed()
  const shown = before.slice(0, maxLines)
  const more = before.length - shown.length
  return {
    ...newest,
    id: first.id,
    priority: highestOf(messages),
    lines: [...newest.lines, ...shown.map(({ title }) => cleanLine(`Before that: ${title}`, maxLine))],
    ...(more > 0 && { more }),
  }
}

/**
 * Combines the messages of a bundle into one: one line each, the most urgent first and the oldest first within a
 * priority, and the number of further ones. Those whose subject ended meanwhile are marked as closed. The result has
 * the id of the first message, the highest priority of the given ones, and a subject of its own.
 *
 * @param messages - The messages of the bundle's notifications, in their order; at least one.
 */
export function bundleMessage(
  messages: readonly [Message, ...Message[]],
  { count, ended }: Pick<Bundle, 'count' | 'ended'>,
): Message {
  const [first] = messages
  const chains = [...new Set(messages.map(({ chain }) => chain))]
  const about = chains.length > maxNamed ? `${chains.length} chains` : chains.join(', ')
  const shown = messages.toSorted((one, other) => urgencyOf(other) - urgencyOf(one)).slice(0, maxLines)
  const more = count - shown.length
  const newest = messages.reduce((latest, one) => (one.timestamp > latest.timestamp ? one : latest), first)
  return {
    id: first.id,
    subject: `bundle/${first.id}`,
    event: first.event,
    priority: highestOf(messages),
    chain: about,
    title: `${notificationsText(count)} of ${about}`,
    lines: shown.map(({ id, chain, title }) => {
      const line = chains.length === 1 || title.startsWith(`${chain}: `) ? title : `${chain}: ${title}`
      return cleanLine(ended?.has(id) === true ? `[closed] ${line}` : line, maxLine)
    }),
    ...(more > 0 && { more }),
    facts: [],
    links: [],
    timestamp: newest.timestamp,
    ...defined({ when: newest.when }),
    standing: 'open',
  }
}

function urgencyOf({ priority }: Message): number {
  return priorities.indexOf(priority)
}

function highestOf(messages: readonly Message[]): Priority {
  return priorities[Math.max(0, ...messages.map(urgencyOf))] ?? 'low'
}
