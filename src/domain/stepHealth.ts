import { defined } from './defined.js'
import { type BlockTime, secondsPerBlock } from './blocks/blockTime.js'
import { isSameBlock } from './blocks/head.js'
import type { Health, HealthState } from './health.js'
import type { FailedReading, GoodReading, Reading } from './reading.js'
import { isoOfMs } from './text/time.js'

/** When a chain counts as stalled, down or recovered. */
export interface HealthOptions {
  /** Milliseconds of host time without a new block after which a chain counts as stalled. @defaultValue 600,000 */
  readonly stallAfter?: number
  /**
   * Milliseconds of host time without an answer, from the start of the first request that failed, after which a
   * chain counts as down. @defaultValue 30,000
   */
  readonly downAfter?: number
  /**
   * Number of the block that the node reports now. It is compared with the known head to see that the node went back.
   */
  readonly answers?: bigint
  /**
   * Milliseconds of host time without failures, except rare ones, after which trouble is over. A failure before that
   * belongs to the same trouble. @defaultValue four times `downAfter`
   */
  readonly recoverAfter?: number
}

export function startingHealth(chain: string, time: number): Health {
  return { chain, state: 'starting', since: time, consecutiveFailures: 0, errorRate: 0, backlog: 0n }
}

// Error rate below which failures count as rare. Many public nodes fail this often in normal use.
const rare = 0.2
// Number of polls that the error rate averages over, approximately.
const remembered = 50

/** Updates the health of a chain with one reading. A failed reading changes only the state and the failure fields. */
export function stepHealth(known: Health, reading: Reading, blockTime: BlockTime, options: HealthOptions = {}): Health {
  const { downAfter = 30_000, recoverAfter = 4 * downAfter } = options
  const polls = Math.min(remembered, (known.polls ?? 0) + 1)
  const errorRate = known.errorRate + ((reading.ok ? 0 : 1) - known.errorRate) / polls
  const next = reading.ok ? answered(known, reading, blockTime, options) : silent(known, reading, downAfter)
  const { endpoints = known.endpoints } = reading
  return withTrouble(known, { ...next, polls, errorRate, ...defined({ endpoints }) }, reading, recoverAfter)
}

function silent(known: Health, reading: FailedReading, downAfter: number): Health {
  const { failure, readAt } = reading
  const failingSince = notAhead(known.failingSince ?? silentSince(reading, known), readAt)
  // Waiting for further failures would not help: a permanent failure does not go away.
  const down = known.state === 'down' || readAt - failingSince >= downAfter || failure.kind === 'permanent'
  const { wentBack: _wentBack, ...rest } = moved(known, down ? 'down' : known.state, readAt)
  return {
    ...rest,
    failingSince,
    consecutiveFailures: known.consecutiveFailures + 1,
    problem: failure.message,
    ...defined({ wentBack: failure.wentBack }),
  }
}

/**
 * When the silence began: a request that hangs fails late. It did not begin before the last answer, which moves with a
 * clock that was set during the request.
 */
function silentSince({ silentSince: since }: FailedReading, { lastGoodAt }: Health): number | undefined {
  return since === undefined || lastGoodAt === undefined ? since : Math.max(since, lastGoodAt)
}

function answered(
  known: Health,
  reading: GoodReading,
  blockTime: BlockTime,
  { stallAfter = 600_000, answers }: HealthOptions,
): Health {
  const { head, backlog, readAt } = reading
  const headMoved = known.head === undefined || !isSameBlock(known.head, head)
  const movedAt = headMoved ? readAt : notAhead(known.movedAt, readAt)
  const behind = behindAfter(known, backlog, readAt, stallAfter)
  const isStill = behind === undefined ? readAt - movedAt > stallAfter : readAt - behind.since > stallAfter
  const hasGoneBack = answers !== undefined && answers < head.number
  const problem = hasGoneBack
    ? wentBackText(answers, head.number, movedAt)
    : !isStill
      ? undefined
      : behind === undefined
        ? `The node answers, but its head has been block ${head.number} since ${isoOfMs(movedAt)}.`
        : `The node answers, but what is still to be read has not become less since ${isoOfMs(behind.since)}: ${backlog} to go.`
  const state: HealthState = isStill ? 'stalled' : backlog > 0n ? 'syncing' : 'up'
  const pace = secondsPerBlock(blockTime)
  const isLagging = reading.lagging === true || hasGoneBack
  const {
    problem: _problem,
    wentBack: _wentBack,
    behind: _behind,
    failingSince: _failing,
    lagging: _lagging,
    ...rest
  } = moved(known, state, readAt)
  return {
    ...rest,
    head,
    lastGoodAt: readAt,
    movedAt,
    consecutiveFailures: 0,
    backlog,
    ...defined({ behind }),
    ...(isLagging && { lagging: true as const }),
    ...(hasGoneBack && { wentBack: true as const }),
    ...defined({ problem, secondsPerBlock: pace }),
  }
}

function wentBackText(to: bigint, from: bigint, since: number): string {
  return `The node went back: it answers with block ${to}, and block ${from} was read at ${isoOfMs(since)}. Another node may serve the same address, or this one was reset or rolled back. Nothing is read from it until it is past block ${from} again.`
}

/**
 * Treats failures that come and go as one trouble, from the first one until no poll has failed for `recoverAfter`. An
 * occasional failure does not restart that wait: with frequent polls there is always one, and the trouble would never
 * end.
 */
function withTrouble(known: Health, next: Health, { ok, readAt }: Reading, recoverAfter: number): Health {
  const { trouble: _trouble, ...calm } = next
  const before = known.trouble ?? (isTroubled(known) ? { since: known.since } : undefined)
  if (isTroubled(next)) return { ...calm, trouble: { since: before?.since ?? readAt } }
  if (before === undefined) return calm
  if (!ok) return { ...calm, trouble: next.errorRate < rare ? before : { since: before.since } }
  const upSince = notAhead(before.upSince, readAt)
  return readAt - upSince >= recoverAfter ? calm : { ...calm, trouble: { since: before.since, upSince } }
}

/**
 * A backlog must shrink over time; a server that pages in a circle never reaches the end. The measurement starts over
 * after a long pause between readings, because nothing was read then and the backlog may have grown.
 */
function behindAfter(
  { behind, lastGoodAt }: Health,
  backlog: bigint,
  readAt: number,
  stallAfter: number,
): Health['behind'] {
  if (backlog === 0n) return undefined
  const wasAway = lastGoodAt !== undefined && readAt - lastGoodAt > 2 * stallAfter
  return behind === undefined || wasAway || backlog < behind.least
    ? { least: backlog, since: readAt }
    : { ...behind, since: notAhead(behind.since, readAt) }
}

/** Caps a mark at `now`, so that after the clock was set back nothing waits until it has caught up. */
function notAhead(since: number | undefined, now: number): number {
  return Math.min(since ?? now, now)
}

/** Returns true for the states in which the chain cannot be relied on. */
export function isTroubled({ state }: Health): boolean {
  return state === 'down' || state === 'stalled'
}

/**
 * The health of a chain while the state cannot be written, since `since` (Unix milliseconds). Readings have no effect
 * during that time. This health is not stored.
 */
export function unwritableHealth(health: Health, since: number): Health {
  const problem = [unwritableText(since), health.problem].filter((one) => one !== undefined).join(' ')
  return { ...(isTroubled(health) ? health : moved(health, 'stalled', since)), problem }
}

/** The sentence about a state that cannot be written. It names no chain. */
export function unwritableText(since: number): string {
  return `The state cannot be written since ${isoOfMs(since)}: another process, such as a backup, keeps it locked, or its disk is full. Nothing is written, scheduled or sent until that ends.`
}

function moved(health: Health, state: HealthState, time: number): Health {
  return health.state === state ? health : { ...health, state, since: time }
}
