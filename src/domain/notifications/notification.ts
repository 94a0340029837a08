import type { NotificationDataByEvent } from './notificationData.js'

export const priorities = ['low', 'medium', 'high', 'critical'] as const
export type Priority = (typeof priorities)[number]

/** Every event there is, with its default priority. */
export const defaultPriorities = {
  new_proposal: 'medium',
  voting_started: 'medium',
  voting_ended: 'medium',
  quorum_reached: 'high',
  proposal_passed: 'high',
  proposal_rejected: 'medium',
  proposal_queued: 'medium',
  proposal_executed: 'medium',
  proposal_canceled: 'medium',
  proposal_expired: 'medium',
  proposal_failed: 'high',
  proposal_retracted: 'high',
  emergency_proposal: 'critical',
  voting_ending_soon: 'high',
  not_voted: 'high',
  voted: 'low',
  upgrade_scheduled: 'high',
  upgrade_refused: 'critical',
  upgrade_rescheduled: 'critical',
  upgrade_imminent: 'high',
  upgrade_triggered: 'critical',
  upgrade_completed: 'high',
  upgrade_failed: 'critical',
  upgrade_cancelled: 'high',
  upgrade_halt_reached: 'critical',
  upgrade_restarted: 'high',
  preflight_failed: 'critical',
  preflight_passed: 'low',
  file_stale: 'critical',
  hook_failed: 'critical',
  hook_ran: 'low',
  channel_down: 'high',
  channel_recovered: 'low',
  state_rebuilt: 'high',
  silence_ended: 'low',
  source_down: 'high',
  source_recovered: 'medium',
} as const satisfies Record<string, Priority>

/** What a notification may be about. */
export type NotificationEvent = keyof typeof defaultPriorities

/** What the `data` of a notification of this event holds. */
export type NotificationDataOf<Event extends NotificationEvent> = NotificationDataByEvent[Event]

/** What every notification holds, whatever its event. */
export interface NotificationBase {
  readonly id: string
  readonly priority: Priority
  readonly chain: string
  /** One line. */
  readonly title: string
  /** A few plain lines. Chain text in it is sanitised and capped; escaping is each channel's own work. */
  readonly message: string
  /** ISO 8601 UTC: chain time of the block it is about, host time for the health of a source. */
  readonly timestamp: string
  readonly read: boolean
  /** The operator's own, by name. @defaultValue none */
  readonly labels?: Readonly<Record<string, string>>
  /** The id of the silence that held it back: it is in the inbox and nowhere else. */
  readonly silenced?: string
}

/**
 * One fact that people are told. The same fact always has the same id. `event` says what `data` holds; a notification
 * that an older version wrote into the state has the data of that version.
 */
export type Notification = {
  readonly [Event in NotificationEvent]: NotificationBase & {
    readonly event: Event
    readonly data: NotificationDataOf<Event>
  }
}[NotificationEvent]

/** A notification of one of these events. */
export type NotificationOf<Event extends NotificationEvent> = Extract<Notification, { readonly event: Event }>

/** True where `priority` is at least `least`. */
export function reaches(priority: Priority, least: Priority): boolean {
  return priorities.indexOf(priority) >= priorities.indexOf(least)
}

/** The id of the proposal that a notification is about; absent where it is about none. */
export function proposalIdOf({ data }: Notification): string | undefined {
  return 'proposalId' in data && typeof data.proposalId === 'string' ? data.proposalId : undefined
}

/** The channel that a notification is about, by the name of its handler; absent where it is about none. */
export function channelNameOf(notification: Notification): string | undefined {
  const { event } = notification
  return event === 'channel_down' || event === 'channel_recovered' ? notification.data.channel : undefined
}

/**
 * What a notification is about: the proposal, with its upgrade, or the own plan that has none, or the looks and the
 * command for it; else the silence, the channel, the file or the state; else the chain. Those of one subject belong
 * together, and one that is over ends it.
 */
export function subjectOf(notification: Notification): string {
  const { chain, data } = notification
  const channel = channelNameOf(notification)
  if (channel !== undefined) return `${chain}/channel/${channel}`
  if (notification.event === 'silence_ended') return `${chain}/silence/${notification.data.silence}`
  if (notification.event === 'file_stale') return `${chain}/file/${notification.data.height}`
  if (notification.event === 'state_rebuilt') return `${chain}/state`
  const id = proposalIdOf(notification)
  // A plan of the operator's own has no proposal, but a key.
  const own = 'key' in data && id === undefined ? data.key : undefined
  if (id === undefined && own === undefined) return chain
  const proposal =
    own ??
    ('contract' in data && typeof data.contract === 'string' ? `${chain}/${data.contract}/${id}` : `${chain}/${id}`)
  // That it ran, or is ready, does not end the upgrade.
  if (notification.event === 'hook_ran' || notification.event === 'hook_failed') return `${proposal}/hook`
  const isPreflight = notification.event === 'preflight_passed' || notification.event === 'preflight_failed'
  return isPreflight ? `${proposal}/preflight` : proposal
}
