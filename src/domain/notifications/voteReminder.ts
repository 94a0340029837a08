import type { OwnVote } from '../proposals/attendance.js'
import type { Proposal } from '../proposals/proposal.js'
import type { ReminderEvent } from './events/voteEvents.js'

/** A reminder that is due about an open vote. */
export interface VoteReminder {
  readonly event: ReminderEvent
  readonly proposal: Proposal
  /** Milliseconds, as configured. For `voted`, the tightest reminder that asked us to vote; absent if none did. */
  readonly reminder?: number
  /** Seconds until the vote ends, if known. */
  readonly secondsLeft?: bigint
  readonly votes: readonly OwnVote[]
}

const units = [
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const

/** Formats a reminder. The text also identifies it: `1d` and `24h` give the same text. */
export function reminderText(ms: number): string {
  const [unit, size] = units.find(([, each]) => ms % each === 0) ?? ['ms', 1]
  return `${ms / size}${unit}`
}
