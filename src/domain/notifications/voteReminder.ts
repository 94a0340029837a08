import type { OwnVote } from '../proposals/attendance.js'
import type { Proposal } from '../proposals/proposal.js'
import type { ReminderEvent } from './events/voteEvents.js'

/** What is due to be said of a vote that goes on. */
export interface VoteReminder {
  readonly event: ReminderEvent
  readonly proposal: Proposal
  /** Milliseconds, as configured. Of `voted` the tightest at which we were asked to vote; absent where we were not. */
  readonly reminder?: number
  /** Until the vote ends, where that is known. */
  readonly secondsLeft?: bigint
  readonly votes: readonly OwnVote[]
}

const units = [
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const

/** A reminder in words, which also tell it from the others of its vote: however it was written, `1d` is `24h`. */
export function reminderText(ms: number): string {
  const [unit, size] = units.find(([, each]) => ms % each === 0) ?? ['ms', 1]
  return `${ms / size}${unit}`
}
