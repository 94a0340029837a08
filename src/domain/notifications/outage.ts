import { defined } from '../defined.js'
import { notificationsText } from './phrases.js'

/** An outage of a channel. All times are host time in Unix milliseconds. */
export interface Outage {
  /** The name of the handler. */
  readonly channel: string
  /** The chain of the notification that failed first; notifications about the outage belong to it. */
  readonly chain: string
  /** When the first try failed. */
  readonly since: number
  /** When the last try failed. */
  readonly lastAt: number
  /** Number of failed tries since then. */
  readonly tries: number
  /** Why the last try failed: one line, without secrets. */
  readonly reason: string
  /** The status of the last answer, if there was one. */
  readonly status?: number
  /** True if the outage is serious enough to be announced. */
  readonly isDown: boolean
  /** True if it was announced. */
  readonly isTold: boolean
  /** The time until which the receiver, at the last try, asked for a pause. */
  readonly pausedUntil?: number
  /** Since when every try has succeeded. */
  readonly upSince?: number
}

/** The result of one try to deliver to a channel. */
export type ChannelTry = {
  /** Host clock, Unix milliseconds. */
  readonly at: number
  /** The chain of the notification. */
  readonly chain: string
} & (
  | { readonly ok: true }
  | {
      readonly ok: false
      readonly reason: string
      readonly status?: number
      /** Time of the next try; absent if the notification was given up. */
      readonly until?: number
      /** The time until which the receiver asks for a pause; absent if it does not. */
      readonly pausedUntil?: number
    }
)

// Shortest outage that is announced, in milliseconds. With the back-off of the outbox, six or seven tries fail by then.
const hiccupMs = 60_000
const leastTries = 3
// Longer than any back-off of ours, in milliseconds: only a receiver that asks for a pause causes such a delay.
const longPauseMs = 600_000
/**
 * How long every try must succeed before an outage is over, in milliseconds. Failures before that belong to the same
 * one.
 */
const steadyMs = 300_000

/**
 * Returns the outage of a channel after a try; `undefined` if there is none. An outage is announced once three tries in
 * a row have failed over a minute, the receiver asks for a pause of more than ten minutes, or a notification was given
 * up. An outage that was not announced ends with the next success.
 */
export function stepOutage(before: Outage | undefined, channel: string, tried: ChannelTry): Outage | undefined {
  const { at, chain } = tried
  if (tried.ok) {
    if (before?.isTold !== true) return undefined
    return { ...before, upSince: Math.min(before.upSince ?? at, at) }
  }
  const { reason, status, until, pausedUntil } = tried
  const {
    upSince: _,
    status: __,
    pausedUntil: ___,
    ...known
  } = before ?? { channel, chain, since: at, tries: 0, isDown: false, isTold: false }
  const tries = known.tries + 1
  // The minimum is used, so that after the clock was set back the announcement does not wait until it has caught up.
  const since = Math.min(known.since, at)
  const now: Outage = { ...known, since, lastAt: at, tries, reason, ...defined({ status, pausedUntil }) }
  return { ...now, isDown: isDownAt(now, at) || until === undefined || until - at > longPauseMs }
}

/**
 * Returns true if the outage is serious enough to be announced at `now`, Unix milliseconds. This can become true
 * between two tries, if the next one is more than a minute away.
 */
function isDownAt({ isDown, tries, since, lastAt, upSince }: Outage, now: number): boolean {
  // If there was no try for longer than any back-off, the monitor was not running.
  const isRunning = now - lastAt <= longPauseMs
  return isDown || (upSince === undefined && tries >= leastTries && now - since >= hiccupMs && isRunning)
}

/** Returns true if the outage must be announced and was not yet. `now` is Unix milliseconds. */
export function needsAnnouncement(outage: Outage, now: number): boolean {
  return isDownAt(outage, now) && !outage.isTold
}

/** Says how many notifications wait for a channel. One that was refused for good does not wait. */
export function waitingWords(waiting: number): string {
  return waiting === 0 ? 'none waits' : `${notificationsText(waiting)} ${waiting === 1 ? 'waits' : 'wait'}`
}

/** Returns true if an announced outage ended: every try has succeeded for a while. `now` is Unix milliseconds. */
export function isOver({ isTold, upSince }: Outage, now: number): boolean {
  return isTold && upSince !== undefined && now - upSince >= steadyMs
}
