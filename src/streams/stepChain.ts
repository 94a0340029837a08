import { emptyBlockTime } from '../domain/blockTime.js'
import { atTime, type ChainClock, stepClock } from '../domain/chainClock.js'
import type { ChainState, Turn } from '../domain/chainState.js'
import { keyOf } from '../domain/proposal.js'
import type { Bounds } from '../domain/pruneProposals.js'
import { fileAfter, fileBefore, finishedFile, staleFile } from '../domain/planOnFile.js'
import { isLive } from '../domain/queueOf.js'
import type { GoodReading, Reading } from '../domain/reading.js'
import type { PlanOptions, Scheduling } from '../domain/scheduling.js'
import { type HealthOptions, startingHealth, stepHealth } from '../domain/stepHealth.js'
import { type RebuiltState, tellRebuilt } from '../domain/tellRebuilt.js'
import { isBlocked, isFileNews, type WriteOutcome } from '../domain/upgrade.js'
import { type Announceable, type AnnounceOptions, stepAnnounceAll } from './announce.js'
import { type DiffOptions, type Known, stepDiff } from './diffProposals.js'
import { forget } from './forget.js'
import { stepFileNews } from './stepFileNews.js'
import { type PlanEvent, stepPlan } from './planUpgrades.js'

export interface WatchOptions {
  readonly diff?: DiffOptions
  readonly plan?: PlanOptions
  readonly health?: HealthOptions
  readonly announce?: AnnounceOptions
  readonly bounds?: Bounds
}

/** What moves a chain: a poll, or the answer of the writer. `hostTime` is Unix milliseconds. */
export type ChainEvent =
  | { readonly type: 'reading'; readonly reading: Reading }
  | { readonly type: 'wrote'; readonly outcome: WriteOutcome; readonly hostTime: number }

/** A chain nobody has looked at yet. */
export function newChain(chain: string, time: number): ChainState {
  return {
    chain,
    synced: false,
    proposals: new Map(),
    upgrades: new Map(),
    told: new Map(),
    blockTime: emptyBlockTime,
    health: startingHealth(chain, time),
  }
}

/** The turn that tells that a chain is read anew, because its state was damaged. `time` is Unix milliseconds. */
export function rebuiltTurn(state: ChainState, rebuilt: RebuiltState, time: number): Turn {
  return {
    cause: 'start',
    state,
    changes: [],
    moves: [],
    tellings: [tellRebuilt(state.chain, rebuilt, time)],
    due: [],
    forgotten: [],
    time,
    warnings: [],
  }
}

/** `WatchOptions` with the defaults of the plans filled in. */
export type Settings = Omit<WatchOptions, 'plan'> & { readonly plan: Scheduling }

/**
 * Everything one event leads to, as one whole: differences, moves of the upgrades, notifications, what is to
 * be written and what is to be forgotten. Pure: the same state and event give the same turn.
 */
export function stepChain(state: ChainState, event: ChainEvent, settings: Settings): Turn {
  if (event.type === 'wrote') return afterWrite(state, event, settings)
  return event.reading.ok ? afterReading(state, event.reading, settings) : afterFailure(state, event.reading, settings)
}

function afterReading(state: ChainState, told: GoodReading, settings: Settings): Turn {
  if (state.readTo !== undefined && told.at.number < state.readTo && told.rewoundTo === undefined)
    return steppedBack(state, told, settings)
  const clock = stepClock(state.clock, told.head.timestamp, told.readAt)
  const reading = inTime(told, clock)
  const { known: diff, changes } = stepDiff(knownOf(state), reading, {
    ...settings.diff,
    ...(settings.bounds !== undefined && { bounds: settings.bounds }),
  })
  // A block whose time is not believed is no measure of time.
  const known = clock.leap === undefined ? diff : { ...diff, blockTime: state.blockTime }
  const health = stepHealth(state.health, told, known.blockTime, settings.health)
  const caughtUp = reading.backlog === 0n
  // While there is a backlog, a cancellation may still lie in it: nothing is scheduled or written.
  const planned = caughtUp
    ? stepPlan(state, planEvent(state, reading, known), settings.plan)
    : { upgrades: state.upgrades, moves: [], due: [] }
  const happenings: readonly Announceable[] = [
    { type: 'health', from: state.health, to: health },
    ...changes.flatMap((change): readonly Announceable[] =>
      change.type === 'voteCast'
        ? []
        : [
            {
              type: 'change',
              change,
              head: reading.head,
              blockTime: known.blockTime,
              upgrade: planned.upgrades.get(keyOf(change.proposal)),
            },
          ],
    ),
    ...planned.moves.map((move): Announceable => ({
      type: 'upgrade',
      move,
      head: reading.head,
      blockTime: known.blockTime,
    })),
  ]
  const stale = caughtUp ? staleFile(state.file, planned.upgrades, planned.due, reading.head.number) : undefined
  const finished =
    caughtUp && settings.plan.afterCompletion === 'archive' ? finishedFile(state.file, planned.upgrades) : undefined
  const file = stale ?? fileBefore(state.file, planned.due, reading.head.number)
  const { at: _at, ...diffed } = known
  const next: ChainState = {
    ...state,
    ...diffed,
    cursor: reading.cursor,
    head: told.head,
    clock,
    lastGoodAt: reading.readAt,
    ...(caughtUp && { watched: { head: reading.head.number, time: reading.readAt } }),
    ...(reading.nodeVersion !== undefined && { nodeVersion: reading.nodeVersion }),
    readTo: reading.at.number,
    upgrades: planned.upgrades,
    ...(file !== undefined && { file }),
    health,
  }
  const rest = {
    cause: 'reading' as const,
    changes,
    moves: planned.moves,
    due: planned.due,
    time: reading.readAt,
    warnings: few(reading.warnings),
    ...(reading.rewoundTo !== undefined && { rewoundTo: reading.rewoundTo }),
  }
  return forget(
    concluded(next, happenings, settings, {
      ...rest,
      ...(stale !== undefined && { stale }),
      ...(finished !== undefined && { finished }),
    }),
    settings.bounds,
  )
}

/** A node that answers with an older block than before says nothing new, only that it is alive. */
function steppedBack(state: ChainState, reading: GoodReading, settings: Settings): Turn {
  const known = { ...reading, head: state.head ?? reading.head, backlog: state.health.backlog }
  const health = stepHealth(state.health, known, state.blockTime, { ...settings.health, answers: reading.head.number })
  const happenings: readonly Announceable[] = [{ type: 'health', from: state.health, to: health }]
  return concluded({ ...state, health }, happenings, settings, {
    cause: 'reading',
    changes: [],
    moves: [],
    due: [],
    time: reading.readAt,
    warnings: few(reading.warnings),
  })
}

function missedEvent({ clock, head, blockTime, lastGoodAt: readAt }: ChainState, hostTime: number): PlanEvent {
  return {
    type: 'missed',
    hostTime,
    time: clock?.time ?? head?.timestamp ?? 0n,
    ...(head !== undefined && readAt !== undefined && { last: { head, blockTime, readAt } }),
  }
}

function afterFailure(state: ChainState, reading: Extract<Reading, { ok: false }>, settings: Settings): Turn {
  const health = stepHealth(state.health, reading, state.blockTime, settings.health)
  const { upgrades, moves } = stepPlan(state, missedEvent(state, reading.readAt), settings.plan)
  const happenings: readonly Announceable[] = [
    { type: 'health', from: state.health, to: health },
    ...moves.map((move): Announceable => ({ type: 'upgrade', move })),
  ]
  return concluded({ ...state, upgrades, health }, happenings, settings, {
    cause: 'failure',
    failure: reading.failure,
    changes: [],
    moves,
    due: [],
    time: reading.readAt,
    warnings: [],
  })
}

function afterWrite(state: ChainState, event: Extract<ChainEvent, { type: 'wrote' }>, settings: Settings): Turn {
  const { file: before, ...others } = state
  const { nodeVersion, clock } = state
  const head = state.head === undefined || clock === undefined ? state.head : atTime(state.head, clock)
  const file = fileAfter(before, event.outcome, state.upgrades)
  const cause: Turn['cause'] = isFileNews(event.outcome) ? 'news' : 'write'
  const nothing = { cause, answer: event.outcome, changes: [], due: [], time: event.hostTime, warnings: [] }
  if (head === undefined) return concluded(state, [], settings, { ...nothing, moves: [] })
  const news = stepFileNews(state, event.outcome, { time: head.timestamp, hostTime: event.hostTime })
  const { upgrades, moves } = stepPlan(
    news,
    {
      type: 'wrote',
      outcome: event.outcome,
      head,
      hostTime: event.hostTime,
      ...(nodeVersion !== undefined && { nodeVersion }),
    },
    settings.plan,
  )
  const happenings: readonly Announceable[] = [
    ...moves.map((move): Announceable => ({ type: 'upgrade', move, head, blockTime: state.blockTime })),
    ...news.happenings.map((happening): Announceable => ({ type: 'file', happening })),
  ]
  return concluded({ ...others, upgrades, ...(file !== undefined && { file }) }, happenings, settings, {
    ...nothing,
    moves,
  })
}

function concluded(
  state: ChainState,
  happenings: readonly Announceable[],
  settings: Settings,
  rest: Omit<Turn, 'state' | 'tellings' | 'forgotten'>,
): Turn {
  const { told, tellings } = stepAnnounceAll(state, happenings, settings.announce)
  return { ...rest, state: told === state.told ? state : { ...state, told }, tellings, forgotten: [] }
}

function knownOf({ synced, proposals, readTo, lastVote, blockTime }: ChainState): Known {
  return {
    synced,
    proposals,
    blockTime,
    ...(readTo !== undefined && { at: readTo }),
    ...(lastVote !== undefined && { lastVote }),
  }
}

/** The reading as of the time that is believed. Its block is never later than the head. */
function inTime(reading: GoodReading, clock: ChainClock): GoodReading {
  const { head, at } = reading
  return { ...reading, head: atTime(head, clock), at: at.timestamp > clock.time ? atTime(at, clock) : at }
}

function planEvent({ watched, upgrades }: ChainState, reading: GoodReading, known: Known): PlanEvent {
  // A portion of a backlog may have told the retraction. The proposal of a live upgrade is never forgotten.
  const orphans = [...upgrades.values()]
    .filter((upgrade) => (isLive(upgrade) || isBlocked(upgrade)) && !known.proposals.has(upgrade.key))
    .map(({ key }) => key)
  return {
    type: 'read',
    head: reading.head,
    hostTime: reading.readAt,
    proposals: known.proposals,
    retracted: [...reading.retracted, ...orphans],
    blockTime: known.blockTime,
    ...(watched !== undefined && { watched }),
    ...(reading.nodeVersion !== undefined && { nodeVersion: reading.nodeVersion }),
  }
}

// Anyone may cause oddities, and each becomes a line of the log.
const maxWarnings = 20

function few(warnings: readonly string[]): readonly string[] {
  const more = warnings.length - maxWarnings
  return more > 0 ? [...warnings.slice(0, maxWarnings), `There are ${more} more of these.`] : warnings
}
