import type { Notification, Priority } from '../../domain/notification.js'
import type { DeadLetter, NotificationStats } from '../../sinks/Store.js'
import type { Terminal } from '../Terminal.js'
import type { Style } from './paint.js'
import { type Column, renderTable } from './renderTable.js'
import { timeOfMsText } from './times.js'

const styles: Readonly<Partial<Record<Priority, Style>>> = { critical: 'red', high: 'yellow', low: 'dim' }

/** The inbox, one notification a line; unread ones carry a star. */
export function notificationsTable(inbox: readonly Notification[], terminal: Terminal): string {
  const columns: readonly Column<Notification>[] = [
    { title: '', text: ({ read }) => (read ? '' : '*') },
    { title: 'TIME', text: ({ timestamp }) => timeOfMsText(Date.parse(timestamp)) },
    { title: 'PRIORITY', text: ({ priority }) => priority, style: ({ priority }) => styles[priority] },
    { title: 'CHAIN', text: ({ chain }) => chain },
    { title: 'TITLE', text: ({ title }) => title, shrinks: true },
    { title: 'ID', text: ({ id }) => id },
  ]
  return renderTable(columns, inbox, terminal)
}

/** What was given up on and why. */
export function deadLettersTable(letters: readonly DeadLetter[], terminal: Terminal): string {
  const columns: readonly Column<DeadLetter>[] = [
    { title: 'SINCE', text: ({ at }) => timeOfMsText(at) },
    { title: 'HANDLER', text: ({ handler }) => handler },
    { title: 'TRIES', text: ({ attempts }) => String(attempts), align: 'right' },
    { title: 'ID', text: ({ notification }) => notification.id },
    { title: 'TITLE', text: ({ notification }) => notification.title, shrinks: true },
    { title: 'REASON', text: ({ reason }) => reason, shrinks: true },
  ]
  return renderTable(columns, letters, terminal)
}

/** The counts of the inbox and of its deliveries. */
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
