import { defined } from '../defined.js'

/** A channel that does not take what it is given. All times are Unix milliseconds of the host. */
export interface Outage {
  /** The handler, by its name. */
  readonly channel: string
  /** Of the notification that failed first: what is told of the outage belongs to it. */
  readonly chain: string
  /** When the first try failed. */
  readonly since: number
  /** When the last one did. */
  readonly lastAt: number
  /** Tries that failed since then. */
  readonly tries: number
  /** Why the last one failed: one line, without secrets. */
  readonly reason: string
  /** Of the last answer, where there was one. */
  readonly status?: number
  /** It is no hiccup, so people are to know. */
  readonly isDown: boolean
  /** People were told. */
  readonly isTold: boolean
  /** Until when the receiver asked to be left alone with the last try. */
  readonly pausedUntil?: number
  /** Since when every try succeeds. */
  readonly upSince?: number
}

/** What became of one try at a channel. */
export type ChannelTry = {
  /** Host clock, Unix milliseconds. */
  readonly at: number
  /** Of the notification. */
  readonly chain: string
} & (
  | { readonly ok: true }
  | {
      readonly ok: false
      readonly reason: string
      readonly status?: number
      /** Of the next try; absent where it was given up. */
      readonly until?: number
      /** Until when the receiver asks to be left alone; absent where it does not. */
      readonly pausedUntil?: number
    }
)

// A hiccup is over by then: with the back-off of the outbox six or seven tries have failed.
const hiccupMs = 60_000
const leastTries = 3
// Longer than any back-off: the receiver itself asks to be left alone.
const longPauseMs = 600_000
/** How long every try must succeed until an outage is over: what comes and goes before is the same one. */
const steadyMs = 300_000

/**
 * How the outage of a channel stands after a try; undefined where there is none. It is one that people are to know of
 * once three tries in a row have failed over a minute, the receiver asks for more than ten minutes, or a notification
 * was given up. One that nobody was told of ends with the next success.
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
  // Where the clock has stepped back, nobody waits to be told until it has caught up.
  const since = Math.min(known.since, at)
  const now: Outage = { ...known, since, lastAt: at, tries, reason, ...defined({ status, pausedUntil }) }
  return { ...now, isDown: isDownAt(now, at) || until === undefined || until - at > longPauseMs }
}

/**
 * True where it is no hiccup at `now`, Unix milliseconds: also a minute after the first try that failed where the next
 * one is put off for longer.
 */
function isDownAt({ isDown, tries, since, lastAt, upSince }: Outage, now: number): boolean {
  // Where nothing is tried for longer than any back-off, nobody runs.
  const isRunning = now - lastAt <= longPauseMs
  return isDown || (upSince === undefined && tries >= leastTries && now - since >= hiccupMs && isRunning)
}

/** True where people are to be told of the outage, and were not. `now` is Unix milliseconds. */
export function isNews(outage: Outage, now: number): boolean {
  return isDownAt(outage, now) && !outage.isTold
}

/** True of an outage that people were told of, once every try has succeeded for a while. `now` is Unix milliseconds. */
export function isOver({ isTold, upSince }: Outage, now: number): boolean {
  return isTold && upSince !== undefined && now - upSince >= steadyMs
}
