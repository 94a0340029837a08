import { type BlockTime, secondsPerBlock } from './blockTime.js'
import { isSameBlock } from './head.js'
import type { Health, HealthState } from './health.js'
import type { Reading } from './reading.js'

export interface HealthOptions {
  /** Milliseconds of host time without a new block after which a chain counts as stalled. @defaultValue 600,000 */
  readonly stallAfter?: number
  /** Failures in a row after which a chain counts as down. @defaultValue 3 */
  readonly downAfter?: number
}

export function startingHealth(chain: string, time: number): Health {
  return { chain, state: 'starting', since: time, consecutiveFailures: 0, errorRate: 0, backlog: 0n }
}

// About as many polls count in the error rate.
const remembered = 50

/** Moves the health of a chain on by one reading. A failed reading touches nothing else of what is known. */
export function stepHealth(known: Health, reading: Reading, blockTime: BlockTime, options: HealthOptions = {}): Health {
  const { stallAfter = 600_000, downAfter = 3 } = options
  const polls = Math.min(remembered, (known.polls ?? 0) + 1)
  const errorRate = known.errorRate + ((reading.ok ? 0 : 1) - known.errorRate) / polls
  if (!reading.ok) {
    const consecutiveFailures = known.consecutiveFailures + 1
    // A permanent failure does not go away by waiting for two more of its kind.
    const down = known.state === 'down' || consecutiveFailures >= downAfter || reading.failure.kind === 'permanent'
    return { ...moved(known, down ? 'down' : known.state, reading.readAt), consecutiveFailures, polls, errorRate, problem: reading.failure.message }
  }
  const { head, backlog, readAt } = reading
  const headMoved = known.head === undefined || !isSameBlock(known.head, head)
  const movedAt = headMoved ? readAt : known.movedAt ?? readAt
  const stalled = readAt - movedAt > stallAfter
  const state: HealthState = backlog > 0n ? 'syncing' : stalled ? 'stalled' : 'up'
  const pace = secondsPerBlock(blockTime)
  const { problem: _problem, ...rest } = moved(known, state, readAt)
  return {
    ...rest,
    head,
    lastGoodAt: readAt,
    movedAt,
    consecutiveFailures: 0,
    polls,
    errorRate,
    backlog,
    ...(stalled && { problem: `The node answers, but its head has stood at block ${head.number} since ${new Date(movedAt).toISOString()}.` }),
    ...(pace !== undefined && { secondsPerBlock: pace }),
  }
}

/** True for the states in which the chain cannot be relied on. */
export function isTroubled({ state }: Health): boolean {
  return state === 'down' || state === 'stalled'
}

function moved(health: Health, state: HealthState, time: number): Health {
  return health.state === state ? health : { ...health, state, since: time }
}
