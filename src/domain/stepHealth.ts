import { defined } from './defined.js'
import { type BlockTime, secondsPerBlock } from './blocks/blockTime.js'
import { isSameBlock } from './blocks/head.js'
import type { Health, HealthState } from './health.js'
import type { GoodReading, Reading } from './reading.js'
import { isoOfMs } from './text/time.js'

/** When a chain counts as stalled, down or recovered. */
export interface HealthOptions {
  /** Milliseconds of host time without a new block after which a chain counts as stalled. @defaultValue 600,000 */
  readonly stallAfter?: number
  /**
   * Milliseconds of host time from the first failure of a row after which a chain counts as down. @defaultValue 30,000
   */
  readonly downAfter?: number
  /** The block that the node answers with, where it is below the one that was read before. */
  readonly answers?: bigint
  /**
   * Milliseconds of host time, without failures, but for rare ones, after which trouble is over: what comes before is
   * the same trouble. @defaultValue four times `downAfter`
   */
  readonly recoverAfter?: number
}

export function startingHealth(chain: string, time: number): Health {
  return { chain, state: 'starting', since: time, consecutiveFailures: 0, errorRate: 0, backlog: 0n }
}

// A share of failures with which many public nodes are used all the time.
const rare = 0.2
// About as many polls count in the error rate.
const remembered = 50

/** Moves the health of a chain on by one reading. A failed reading touches nothing else of what is known. */
export function stepHealth(known: Health, reading: Reading, blockTime: BlockTime, options: HealthOptions = {}): Health {
  const { downAfter = 30_000, recoverAfter = 4 * downAfter } = options
  const polls = Math.min(remembered, (known.polls ?? 0) + 1)
  const errorRate = known.errorRate + ((reading.ok ? 0 : 1) - known.errorRate) / polls
  const next = reading.ok ? answered(known, reading, blockTime, options) : silent(known, reading, downAfter)
  const { endpoints = known.endpoints } = reading
  return withTrouble(known, { ...next, polls, errorRate, ...defined({ endpoints }) }, reading, recoverAfter)
}

function silent(known: Health, { failure, readAt }: Extract<Reading, { ok: false }>, downAfter: number): Health {
  const failingSince = notAhead(known.failingSince, readAt)
  // A permanent failure does not go away by waiting for more of its kind.
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
        ? `The node answers, but its head has stood at block ${head.number} since ${isoOfMs(movedAt)}.`
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
  return `The node went back: it answers with block ${to}, and block ${from} was read at ${isoOfMs(since)}. Another node may serve behind the same address, or this one was reset or rolled back. Nothing is taken from it before it is past block ${from} again.`
}

/**
 * Trouble is one story from its begin until no poll has failed for a while, however often it comes and goes. Where only
 * a poll now and then fails, that does not keep the story open for ever: quick polls would never be without.
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
 * A backlog has to shrink: a server that pages in a circle never comes to an end. While nobody read it could not, and
 * it may have grown.
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

/** Where the clock has stepped back, nothing waits until it has caught up. */
function notAhead(since: number | undefined, now: number): number {
  return Math.min(since ?? now, now)
}

/** True for the states in which the chain cannot be relied on. */
export function isTroubled({ state }: Health): boolean {
  return state === 'down' || state === 'stalled'
}

/**
 * The health of a chain while another process keeps the state locked, since `since` (Unix milliseconds): what is read
 * leads to nothing. It is nowhere written down, for it cannot be.
 */
export function lockedHealth(health: Health, since: number): Health {
  const problem = [lockedText(since), health.problem].filter((one) => one !== undefined).join(' ')
  return { ...(isTroubled(health) ? health : moved(health, 'stalled', since)), problem }
}

/** What stands still, in words: of no chain in particular. */
export function lockedText(since: number): string {
  return `The state is locked by another process, such as a backup, since ${isoOfMs(since)}: nothing is written, scheduled or told until it lets go of it.`
}

function moved(health: Health, state: HealthState, time: number): Health {
  return health.state === state ? health : { ...health, state, since: time }
}
