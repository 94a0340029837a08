import type { Notification, Priority } from '../../domain/notifications/notification.js'
import { notificationsText } from '../../domain/notifications/phrases.js'
import { cleanLine } from '../../domain/text/text.js'
import type { FailedDelivery } from '../../store/DeliveryStore.js'
import type { NotificationStats } from '../../store/Store.js'
import type { Terminal } from '../Terminal.js'
import { foldLines } from './foldLines.js'
import type { Style } from './paint.js'
import { type Column, leastTitle, renderTable } from './renderTable.js'
import type { ShortId } from './shortIds.js'
import { timeOfMsText } from './times.js'

const styles: Readonly<Partial<Record<Priority, Style>>> = { critical: 'red', high: 'yellow', low: 'dim' }

/** Renders the inbox, one notification per line, unread ones with a star. `short` is for terminals only. */
export function notificationsTable(inbox: readonly Notification[], terminal: Terminal, short: ShortId): string {
  const columns: readonly Column<Notification>[] = [
    { title: '', text: ({ read }) => (read ? '' : '*') },
    { title: 'TIME', text: ({ timestamp }) => timeOfMsText(Date.parse(timestamp)) },
    { title: 'PRIORITY', text: ({ priority }) => priority, style: ({ priority }) => styles[priority], yields: 1 },
    { title: 'CHAIN', text: ({ chain }) => chain, yields: 2 },
    {
      title: 'TITLE',
      text: ({ title, silenced }) => (silenced === undefined ? title : `[silenced] ${title}`),
      shrinks: true,
      least: leastTitle,
    },
    { title: 'ID', text: ({ id }) => short(id) },
  ]
  return renderTable(columns, inbox, terminal)
}

/** Renders failed deliveries with the time of the next attempt, and the reasons below. `now` is Unix milliseconds. */
export function failedTable(
  failed: readonly FailedDelivery[],
  terminal: Terminal,
  { short, now }: { readonly short: ShortId; readonly now: number },
): string {
  const columns: readonly Column<FailedDelivery>[] = [
    { title: 'SINCE', text: ({ at }) => timeOfMsText(at) },
    { title: 'HANDLER', text: ({ handler }) => handler },
    { title: 'NEXT TRY', text: ({ nextTryAt }) => nextTryText(nextTryAt, now) },
    { title: 'TRIES', text: ({ attempts }) => String(attempts), align: 'right', yields: 1 },
    { title: 'TITLE', text: ({ notification }) => notification.title, shrinks: true, least: leastTitle },
    { title: 'ID', text: ({ notification }) => short(notification.id) },
  ]
  // A handler that is down gives the same reason for all its notifications, so equal reasons are listed once.
  const idsBy = new Map<string, string[]>()
  for (const { notification, handler, reason } of failed) {
    const why = `${handler}: ${reason}`
    const ids = idsBy.get(why) ?? []
    ids.push(short(notification.id))
    idsBy.set(why, ids)
  }
  const reasons = [...idsBy].map(([why, ids]) =>
    foldLines(cleanLine(`${idsText(ids)} to ${why}`, 1_000), terminal.width),
  )
  return [renderTable(columns, failed, terminal), '', ...reasons].join('\n')
}

const shownIds = 3
const longestId = 20

/** Names the first ids, or counts them if they are whole ones of 100 characters, which the table above has already. */
function idsText(ids: readonly string[]): string {
  if (ids.some((id) => id.length > longestId)) return notificationsText(ids.length)
  const others = ids.length - shownIds
  return `${ids.slice(0, shownIds).join(', ')}${others > 0 ? ` and ${others} more` : ''}`
}

/** A due delivery waits for its channel, which is tried with one delivery at a time, or for a process that sends. */
function nextTryText(at: number | undefined, now: number): string {
  if (at === undefined) return 'given up'
  return at > now ? timeOfMsText(at) : 'due'
}

/** Renders the counts of the inbox and of its deliveries. */
export function statsText({ total, unread, pending, delivered, dead, byPriority, byEvent }: NotificationStats): string {
  return [
    `Notifications: ${total}, of them ${unread} unread`,
    `Deliveries:    ${delivered} made, ${pending} to come, ${dead} given up on`,
    ...countsOf('By priority', byPriority),
    ...countsOf('By event', byEvent),
  ].join('\n')
}

function countsOf(title: string, counts: Readonly<Record<string, number>>): readonly string[] {
  const entries = Object.entries(counts).sort(([, a], [, b]) => b - a)
  if (entries.length === 0) return []
  const widest = Math.max(...entries.map(([name]) => name.length))
  return [`${title}:`, ...entries.map(([name, count]) => `  ${name.padEnd(widest)}  ${count}`)]
}
