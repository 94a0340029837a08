import { withBelievedTime } from '../domain/blocks/chainClock.js'
import type { ChainState, Turn } from '../domain/chainState.js'
import { touchedBetween } from '../domain/touchedBetween.js'
import type { Head } from '../domain/blocks/head.js'
import type { FailedReading, GoodReading, Reading } from '../domain/reading.js'
import { isFileNews, type WriteOutcome } from '../domain/upgrades/writeOutcome.js'
import { defined } from '../domain/defined.js'

/** When a read began (host clock, Unix milliseconds), and the cursor it started from. */
export type ReadStart = Pick<Reading, 'begunAt' | 'startedFrom'>

/** An event that advances the state of a chain. */
export type ChainEvent =
  | { readonly type: 'reading'; readonly reading: GoodReading & ReadStart }
  /** The node answered with an older block than before. This proves that it is alive; nothing else of it is used. */
  | { readonly type: 'alive'; readonly reading: GoodReading & ReadStart }
  | { readonly type: 'missed'; readonly reading: FailedReading & ReadStart }
  /** An outcome reported by the writer. `hostTime` is in Unix milliseconds. */
  | { readonly type: 'wrote'; readonly outcome: WriteOutcome; readonly hostTime: number }

/** A turn while it passes through the stages: the event, the state before it, and the results so far. */
export interface Draft extends Omit<Turn, 'touched'> {
  readonly event: ChainEvent
  readonly before: ChainState
}

export function eventOf(reading: Reading): ChainEvent {
  return reading.ok ? { type: 'reading', reading } : { type: 'missed', reading }
}

/** The event with the times of a host clock that was set and now reads `readAt`, in Unix milliseconds. */
export function withTimesOf(event: ChainEvent, readAt: number): ChainEvent {
  if (event.type === 'wrote') return { ...event, hostTime: readAt }
  const { begunAt, readAt: before } = event.reading
  const times = { readAt, ...defined({ begunAt: begunAt === undefined ? undefined : begunAt + readAt - before }) }
  if (event.type === 'missed') return { ...event, reading: { ...event.reading, ...times } }
  return { ...event, reading: { ...event.reading, ...times } }
}

/**
 * Creates the draft of an event before any stage has seen it, so it holds no results yet. `state` is the state before
 * the event; if the host clock was set in the meantime, its times are corrected accordingly.
 */
export function beginDraft(before: ChainState, event: ChainEvent, state: ChainState = before): Draft {
  const blank = { event, before, state, changes: [], moves: [], announcements: [], due: [], forgotten: [] }
  if (event.type === 'wrote') {
    const { outcome, hostTime } = event
    return { ...blank, cause: isFileNews(outcome) ? 'news' : 'write', answer: outcome, time: hostTime, warnings: [] }
  }
  const { readAt: time, begunAt } = event.reading
  const times = { time, ...defined({ begunAt }) }
  if (event.type === 'missed')
    return { ...blank, ...times, cause: 'failure', failure: event.reading.failure, warnings: [] }
  const { warnings, host } = event.reading
  return { ...blank, ...times, ...defined({ host }), cause: 'reading', warnings: limitWarnings(warnings) }
}

/** Converts a draft into a turn after the last stage. */
export function turnOf({ event: _event, before, ...turn }: Draft): Turn {
  return { ...turn, touched: touchedBetween(before, turn.state) }
}

/** The head of the chain. If the believed chain time is known, it replaces the timestamp of the block. */
export function headOf({ head, clock }: ChainState): Head | undefined {
  return head === undefined || clock === undefined ? head : withBelievedTime(head, clock)
}

// Maximum number of warnings in one reading. Anyone on the chain can cause warnings, and each one becomes a log line.
const maxWarnings = 20

function limitWarnings(warnings: readonly string[]): readonly string[] {
  const more = warnings.length - maxWarnings
  return more > 0 ? [...warnings.slice(0, maxWarnings), `There are ${more} more of these.`] : warnings
}
