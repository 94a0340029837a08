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
  const behind = behindAfter(known, backlog, readAt)
  const problem = behind === undefined
    ? readAt - movedAt > stallAfter ? `The node answers, but its head has stood at block ${head.number} since ${new Date(movedAt).toISOString()}.` : undefined
    : readAt - behind.since > stallAfter ? `The node answers, but what is still to be read has not become less since ${new Date(behind.since).toISOString()}: ${backlog} to go.` : undefined
  const state: HealthState = problem !== undefined ? 'stalled' : backlog > 0n ? 'syncing' : 'up'
  const pace = secondsPerBlock(blockTime)
  const { problem: _problem, behind: _behind, ...rest } = moved(known, state, readAt)
  return {
    ...rest,
    head,
    lastGoodAt: readAt,
    movedAt,
    consecutiveFailures: 0,
    polls,
    errorRate,
    backlog,
    ...(behind !== undefined && { behind }),
    ...(problem !== undefined && { problem }),
    ...(pace !== undefined && { secondsPerBlock: pace }),
  }
}

/** A backlog has to shrink: a server that pages in a circle never comes to an end. */
function behindAfter({ behind }: Health, backlog: bigint, readAt: number): Health['behind'] {
  if (backlog === 0n) return undefined
  return behind === undefined || backlog < behind.least ? { least: backlog, since: readAt } : behind
}

/** True for the states in which the chain cannot be relied on. */
export function isTroubled({ state }: Health): boolean {
  return state === 'down' || state === 'stalled'
}

function moved(health: Health, state: HealthState, time: number): Health {
  return health.state === state ? health : { ...health, state, since: time }
}
