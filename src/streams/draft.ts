import { withBelievedTime } from '../domain/blocks/chainClock.js'
import type { ChainState, Turn } from '../domain/chainState.js'
import { touchedBetween } from '../domain/touchedBetween.js'
import type { Head } from '../domain/blocks/head.js'
import type { FailedReading, GoodReading, Reading } from '../domain/reading.js'
import { isFileNews, type WriteOutcome } from '../domain/upgrades/writeOutcome.js'
import { defined } from '../domain/defined.js'

/** When a read began (host clock, Unix milliseconds), and the cursor it started from. */
export type ReadStart = Pick<Reading, 'begunAt' | 'startedFrom'>

/** What moves a chain on. */
export type ChainEvent =
  | { readonly type: 'reading'; readonly reading: GoodReading & ReadStart }
  /** The node answers, but with an older block than before: this proves that it is alive, and nothing else is used. */
  | { readonly type: 'alive'; readonly reading: GoodReading & ReadStart }
  | { readonly type: 'missed'; readonly reading: FailedReading & ReadStart }
  /** An answer of the writer. `hostTime` is Unix milliseconds. */
  | { readonly type: 'wrote'; readonly outcome: WriteOutcome; readonly hostTime: number }

/** A turn on its way through the stages: what came, what was known before, and what follows from it so far. */
export interface Draft extends Omit<Turn, 'touched'> {
  readonly event: ChainEvent
  readonly before: ChainState
}

export function eventOf(reading: Reading): ChainEvent {
  return reading.ok ? { type: 'reading', reading } : { type: 'missed', reading }
}

/**
 * The turn of an event before any stage has seen it: nothing follows from it yet. `state` is that of before, where the
 * clock of the host was set meanwhile with what is counted by it set right.
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
  return { ...blank, ...times, ...defined({ host }), cause: 'reading', warnings: few(warnings) }
}

/** What is left of a draft when the stages are done with it. */
export function turnOf({ event: _event, before, ...turn }: Draft): Turn {
  return { ...turn, touched: touchedBetween(before, turn.state) }
}

/** The head, with the time of the chain as far as it is believed in place of the time that the block tells. */
export function headOf({ head, clock }: ChainState): Head | undefined {
  return head === undefined || clock === undefined ? head : withBelievedTime(head, clock)
}

// Anyone may cause oddities, and each becomes a line of the log.
const maxWarnings = 20

function few(warnings: readonly string[]): readonly string[] {
  const more = warnings.length - maxWarnings
  return more > 0 ? [...warnings.slice(0, maxWarnings), `There are ${more} more of these.`] : warnings
}
