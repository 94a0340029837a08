import { type BlockTime, stepBlockTime } from '../domain/blocks/blockTime.js'
import { withBelievedTime, type ChainClock, stepClock } from '../domain/blocks/chainClock.js'
import type { ChainState } from '../domain/chainState.js'
import type { Head } from '../domain/blocks/head.js'
import type { GoodReading } from '../domain/reading.js'
import { defined } from '../domain/defined.js'
import { type Stage, stage } from './stage.js'

/** Stores what a reading says about the chain itself: its head, its believed time, its block time and the cursor. */
export function followHead(): Stage {
  return stage('followHead', (draft) => {
    const { event, state } = draft
    if (event.type !== 'reading') return draft
    const { reading } = event
    const { head, at, cursor, secondHistory, readAt, rewoundTo, nodeVersion } = reading
    const clock = stepClock(state.clock, head.timestamp, readAt)
    const next: ChainState = {
      ...state,
      cursor,
      head,
      clock,
      blockTime: paceAfter(state.blockTime, reading, clock),
      lastGoodAt: readAt,
      proposalsReadTo: at.number,
      ...(reading.backlog === 0n && { caughtUpAt: { head: head.number, time: readAt } }),
      ...defined({ secondHistory, nodeVersion }),
    }
    return { ...draft, state: next, ...defined({ rewoundTo }) }
  })
}

/** The block that was read. Its time is limited to the believed chain time, because no block is later than the head. */
export function atOf({ at }: Pick<GoodReading, 'at'>, clock: ChainClock | undefined): Head {
  return clock !== undefined && at.timestamp > clock.time ? withBelievedTime(at, clock) : at
}

function paceAfter(known: BlockTime, reading: GoodReading, clock: ChainClock): BlockTime {
  // A block whose timestamp is not believed cannot be used to measure the block time.
  if (clock.leap !== undefined) return known
  const { previous } = reading
  const samples = previous === undefined || known.samples.length > 0 ? known : stepBlockTime(known, previous)
  return stepBlockTime(samples, atOf(reading, clock))
}
