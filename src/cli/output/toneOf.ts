import type { NotificationEvent, Priority } from '../../domain/notifications/notification.js'
import type { Style } from './paint.js'

const byPriority: Readonly<Record<Priority, Style | undefined>> = {
  low: 'dim',
  medium: undefined,
  high: 'yellow',
  critical: 'red',
}

// Good news is not shown as an alarm, whatever its priority.
const byEvent: Readonly<Partial<Record<string, Style>>> = {
  proposal_passed: 'green',
  upgrade_scheduled: 'green',
  upgrade_triggered: 'green',
  upgrade_completed: 'green',
  source_recovered: 'green',
  upgrade_halt_reached: 'yellow',
  upgrade_failed: 'red',
  source_down: 'red',
} satisfies Partial<Record<NotificationEvent, Style>>

/** Returns the colour of an event. */
export function toneOf(event: string, priority: Priority): Style | undefined {
  return (Object.hasOwn(byEvent, event) ? byEvent[event] : undefined) ?? byPriority[priority]
}
