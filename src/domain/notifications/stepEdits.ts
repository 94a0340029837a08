import type { Json } from '../text/json.js'
import type { Notification } from './notification.js'
import { isProposalEvent } from './events/eventCatalogue.js'
import { type VoteNotification, voteText } from './voteNow.js'

/** A posted message that is kept up to date: the notification it shows, and the state of the vote it shows. */
export interface LivingPost {
  /** The newest notification that the message shows. */
  readonly told: Notification
  /** Data that the handler needs to edit the message. */
  readonly posted: Json
  /**
   * The state of the vote that is shown, as `voteText` returns it, or another text if it is not known.
   * @defaultValue the state in `told`
   */
  readonly shown?: string
  /** When the message was posted, or its last edit began: host clock, Unix milliseconds. */
  readonly at: number
  /** True if the service refused to edit it. */
  readonly isRefused: boolean
  /** True if a further notification of its subject is still to be delivered there. */
  readonly isAwaited: boolean
  /** The notification that ended its subject since, whether the handler receives it or not. @defaultValue none */
  readonly endedBy?: Notification
}

/**
 * Subjects whose messages may have to be edited, each with the earliest time of the next try (in milliseconds of one
 * clock) and the number of failed tries in a row. The new content is not stored; it is determined when the edit begins.
 */
export type EditQueue = ReadonlyMap<string, WaitingEdit>
interface WaitingEdit {
  readonly from: number
  readonly failures: number
}

export type EditEvent =
  /** The vote has moved, or a notification about it was delivered. A subject that already waits keeps its time. */
  | { readonly type: 'moved'; readonly subjects: readonly string[] }
  /** The subject is handled now. A later change is another edit. */
  | { readonly type: 'begun'; readonly subject: string }
  | { readonly type: 'postponed'; readonly subject: string; readonly until: number; readonly failures?: number }

/** Returns the queue after an event. */
export function stepEdits(queue: EditQueue, event: EditEvent): EditQueue {
  const next = new Map(queue)
  if (event.type === 'moved') {
    for (const subject of event.subjects) if (!next.has(subject)) next.set(subject, { from: -Infinity, failures: 0 })
  } else if (event.type === 'begun') {
    next.delete(event.subject)
  } else {
    next.set(event.subject, { from: event.until, failures: event.failures ?? 0 })
  }
  return next
}

/** Returns the subject with the earliest time, or `undefined` if none waits. */
export function nextEdit(queue: EditQueue): (WaitingEdit & { readonly subject: string }) | undefined {
  let next: (WaitingEdit & { readonly subject: string }) | undefined
  for (const [subject, waiting] of queue)
    if (next === undefined || waiting.from < next.from) next = { subject, ...waiting }
  return next
}

/** Minimum time between two edits of one message, in milliseconds. A notification is not bound by it. */
export const editEveryMs = 60_000

export type EditVerdict =
  | {
      readonly edit: true
      readonly post: LivingPost
      /** The notification that the message will show. */
      readonly wanted: Notification
      /** The state of the vote that the message will show. */
      readonly shown: string
    }
  | { readonly edit: false; readonly until?: number }

/**
 * Decides whether a message must be edited at `now` (Unix milliseconds). It must if it shows an outdated state of the
 * vote, or if its subject has ended: its handler may not receive that notification, or was not configured then. It is
 * not edited while a notification of the subject waits, while a silence matches, or twice within a minute. `until`
 * is the time of the next check; without it, the next check follows the next change.
 */
export function judgeEdit(
  post: LivingPost | undefined,
  vote: VoteNotification | undefined,
  { now, isSilenced }: { readonly now: number; readonly isSilenced: (wanted: Notification) => boolean },
): EditVerdict {
  const wanted = post?.endedBy ?? vote
  if (post === undefined || wanted === undefined || post.isRefused) return { edit: false }
  const shown = vote === undefined || wanted !== vote ? `${shownAsEnded}${wanted.id}` : voteText(vote.data)
  if (shown === shownBy(post)) return { edit: false }
  // The absolute difference is used, so that after the clock was set back nothing waits until it has caught up.
  if (Math.abs(now - post.at) < editEveryMs) return { edit: false, until: Math.min(now, post.at) + editEveryMs }
  if (post.isAwaited || isSilenced(wanted)) return { edit: false, until: now + editEveryMs }
  return { edit: true, post, wanted, shown }
}

/** The beginning of what is stored as shown after a message was edited to show its end. */
export const shownAsEnded = 'ended by '

/** Returns true if the message was edited to show that its subject is over. */
export function isShownAsEnded({ shown = '' }: Pick<LivingPost, 'shown'>): boolean {
  return shown.startsWith(shownAsEnded)
}

function shownBy({ shown, told }: LivingPost): string | undefined {
  if (shown !== undefined || !isAboutProposal(told)) return shown
  try {
    return voteText(told.data)
  } catch {
    // Another version stored it with other data, so the shown state is not known.
    return undefined
  }
}

function isAboutProposal(told: Notification): told is VoteNotification {
  return isProposalEvent(told.event)
}
