import { type Notification, type Priority, subjectOf } from '../domain/notifications/notification.js'

/** What of a notification a match may look at; what it does not have is absent. */
export interface Traits {
  readonly chain: string
  readonly system?: string | undefined
  readonly event: string
  readonly type?: string | undefined
  readonly priority: Priority
  /** Its own, and that of the proposal it is about. */
  readonly titles: readonly string[]
  readonly subject: string
  readonly labels: Readonly<Record<string, string>>
}

/** Reads the traits of a notification. `systemOf` tells the governance system of a chain, where only it says that. */
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
