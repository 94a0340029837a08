import type { Json } from '../text/json.js'
import type { Notification } from './notification.js'
import { isProposalEvent } from './events/eventCatalogue.js'
import { type VoteNotification, voteText } from './voteNow.js'

/** A message that is kept up to date: what it tells, and what it shows of the vote. */
export interface LivingPost {
  /** The newest notification that it tells of. */
  readonly told: Notification
  /** What its handler wants remembered of it. */
  readonly posted: Json
  /**
   * How the vote stood that was shown last, as `voteText` has it; another text where nobody knows.
   * @defaultValue as `told` has it
   */
  readonly shown?: string
  /** When it was posted, or an edit of it begun, last. Host clock, Unix milliseconds. */
  readonly at: number
  /** The service refused to edit it. */
  readonly isRefused: boolean
  /** Something of its subject is still to be told there. */
  readonly isAwaited: boolean
  /** What has ended the plan it tells of since, whether its handler is told that or not. @defaultValue nothing has */
  readonly endedBy?: Notification
}

/**
 * Subjects of which the message may have to be edited, each with the time (ms of one clock) until which it is left
 * alone, and the tries that failed in a row. What is to be shown is not in it: the newest is, when its turn comes.
 */
export type EditQueue = ReadonlyMap<string, WaitingEdit>
interface WaitingEdit {
  readonly from: number
  readonly failures: number
}

export type EditEvent =
  /** Votes stand otherwise, or something was told of them. What waits already keeps its time. */
  | { readonly type: 'moved'; readonly subjects: readonly string[] }
  /** It is looked at now. What moves from here on is another edit. */
  | { readonly type: 'begun'; readonly subject: string }
  | { readonly type: 'postponed'; readonly subject: string; readonly until: number; readonly failures?: number }

/** What waits after an event. */
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

/** What is looked at next: what has waited longest. Absent where nothing waits. */
export function nextEdit(queue: EditQueue): (WaitingEdit & { readonly subject: string }) | undefined {
  let next: (WaitingEdit & { readonly subject: string }) | undefined
  for (const [subject, waiting] of queue)
    if (next === undefined || waiting.from < next.from) next = { subject, ...waiting }
  return next
}

/** No message is edited twice within it, in milliseconds, but by a notification. */
export const editEveryMs = 60_000

export type EditVerdict =
  | {
      readonly edit: true
      readonly post: LivingPost
      /** What it is to tell. */
      readonly wanted: Notification
      /** What it shows then. */
      readonly shown: string
    }
  | { readonly edit: false; readonly until?: number }

/**
 * Whether a message is to be edited at `now` (Unix ms): where it shows another state of the vote than there is, or the
 * plan that it tells of is over, which nobody else shows where its handler is not told that, or was told of the plan
 * late. Not ahead of a notification, not where a silence fits, not twice within a minute. `until`: it is to be looked
 * at again then; else when something moves.
 */
export function judgeEdit(
  post: LivingPost | undefined,
  vote: VoteNotification | undefined,
  { now, isSilenced }: { readonly now: number; readonly isSilenced: (wanted: Notification) => boolean },
): EditVerdict {
  const wanted = post?.endedBy ?? vote
  if (post === undefined || wanted === undefined || post.isRefused) return { edit: false }
  const shown = vote === undefined || wanted !== vote ? `ended by ${wanted.id}` : voteText(vote.data)
  if (shown === shownBy(post)) return { edit: false }
  // Where the clock has stepped back, nothing waits until it has caught up.
  if (Math.abs(now - post.at) < editEveryMs) return { edit: false, until: Math.min(now, post.at) + editEveryMs }
  if (post.isAwaited || isSilenced(wanted)) return { edit: false, until: now + editEveryMs }
  return { edit: true, post, wanted, shown }
}

function shownBy({ shown, told }: LivingPost): string | undefined {
  if (shown !== undefined || !isAboutProposal(told)) return shown
  try {
    return voteText(told.data)
  } catch {
    // Another version wrote it with other data: nobody knows what it shows.
    return undefined
  }
}

function isAboutProposal(told: Notification): told is VoteNotification {
  return isProposalEvent(told.event)
}
