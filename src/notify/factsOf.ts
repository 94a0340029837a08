import { subjectOf } from '../domain/notifications/notification.js'
import type { Notification, Priority } from '../domain/notifications/notification.js'

/** What of a notification a match may look at; what it does not have is absent. */
export interface Facts {
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

/** Reads the facts of a notification. `systemOf` tells the governance system of a chain, where only it says that. */
export function factsOf(notification: Notification, systemOf: (chain: string) => string | undefined): Facts {
  const { chain, event, priority, title, labels = {} } = notification
  const told = (key: string): string | undefined => {
    const value = new Map<string, unknown>(Object.entries(notification.data)).get(key)
    return typeof value === 'string' ? value : undefined
  }
  const proposalTitle = told('title')
  return {
    chain,
    event,
    priority,
    labels,
    system: told('system') ?? systemOf(chain),
    type: told('type') ?? (event.startsWith('upgrade_') ? 'upgrade' : undefined),
    titles: proposalTitle === undefined ? [title] : [title, proposalTitle],
    subject: subjectOf(notification),
  }
}
