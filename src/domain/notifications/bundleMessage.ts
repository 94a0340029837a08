import { cleanLine } from '../text/text.js'
import type { Message } from './message.js'
import { priorities } from './notification.js'
import type { Bundle } from './routing.js'

const maxLines = 20
const maxLine = 300
const maxNamed = 3

/**
 * One message for what was held together: a line each, oldest first, and how many more there are. It has the id of the
 * first, the highest priority of those it knows, and a subject of its own.
 *
 * @param messages - Of the notifications of the bundle, in their order; at least one.
 */
export function bundleMessage(messages: readonly [Message, ...Message[]], { count }: Pick<Bundle, 'count'>): Message {
  const [first] = messages
  const chains = [...new Set(messages.map(({ chain }) => chain))]
  const about = chains.length > maxNamed ? `${chains.length} chains` : chains.join(', ')
  const shown = messages.slice(0, maxLines)
  const more = count - shown.length
  const highest = messages.reduce((most, { priority }) => Math.max(most, priorities.indexOf(priority)), 0)
  return {
    id: first.id,
    subject: `bundle/${first.id}`,
    event: first.event,
    priority: priorities[highest] ?? first.priority,
    chain: about,
    title: `${count} notifications of ${about}`,
    lines: [
      ...shown.map(({ chain, title }) =>
        cleanLine(chains.length === 1 || title.startsWith(`${chain}: `) ? title : `${chain}: ${title}`, maxLine),
      ),
      ...(more > 0 ? [`and ${more} more`] : []),
    ],
    facts: [],
    links: [],
    timestamp: messages.reduce((latest, { timestamp }) => (timestamp > latest ? timestamp : latest), first.timestamp),
    standing: 'open',
  }
}
