import { type Notification, type Priority, subjectOf } from '../domain/notifications/notification.js'

/** The parts of a notification that a match may look at; parts that it does not have are absent. */
export interface Traits {
  readonly chain: string
  readonly system?: string | undefined
  readonly event: string
  readonly type?: string | undefined
  readonly priority: Priority
  /** The title of the notification, and that of its proposal. */
  readonly titles: readonly string[]
  readonly subject: string
  readonly labels: Readonly<Record<string, string>>
}

/**
 * Reads the traits of a notification. `systemOf` gives the governance system of a chain if the notification does not.
 */
export function traitsOf(notification: Notification, systemOf: (chain: string) => string | undefined): Traits {
  const { chain, event, priority, title, labels = {} } = notification
  const data = new Map<string, unknown>(Object.entries(notification.data))
  const textAt = (key: string): string | undefined => {
    const value = data.get(key)
    return typeof value === 'string' ? value : undefined
  }
  const proposalTitle = textAt('title')
  return {
    chain,
    event,
    priority,
    labels,
    system: textAt('system') ?? systemOf(chain),
    type: textAt('type') ?? (event.startsWith('upgrade_') ? 'upgrade' : undefined),
    titles: proposalTitle === undefined ? [title] : [title, proposalTitle],
    subject: subjectOf(notification),
  }
}
