import type { ChainState } from '../domain/chainState.js'
import { dueUpgrades } from '../domain/upgrades/dueUpgrades.js'
import { fileAfter, fileBefore, finishedFile, staleFile } from '../domain/upgrades/planOnFile.js'
import { moveBetween, placeOf } from '../domain/upgrades/filePlace.js'
import { isLive } from '../domain/upgrades/queueOf.js'
import type { GoodReading } from '../domain/reading.js'
import type { OwnPlan } from '../domain/plans/ownPlan.js'
import type { ReadEvent } from '../domain/upgrades/PlanEvent.js'
import { type PlanOptions, type ResolvedPlanOptions, resolvePlanOptions } from '../domain/upgrades/planOptions.js'
import { withPreflight } from '../domain/upgrades/withPreflight.js'
import { withPostCheck } from '../domain/upgrades/postCheck/withPostCheck.js'
import { stepPlan } from '../domain/upgrades/stepPlan.js'
import { actingIn } from '../domain/upgrades/upgradeBoard.js'
import { isBlocked, isOwn, type Upgrade } from '../domain/upgrades/upgrade.js'
import { isCleanup, type WriteOutcome } from '../domain/upgrades/writeOutcome.js'
import { editMap } from '../domain/editedMap.js'
import { defined } from '../domain/defined.js'
import { type ChainEvent, type Draft, headOf } from './draft.js'
import { type Stage, stage } from './stage.js'

export interface PlanStageOptions extends PlanOptions {
  /**
   * Returns the operator's own plans that are valid now; if a name occurs twice, the first plan counts. Called for each
   * reading. If it returns undefined, the plans cannot be read at the moment and the known ones stay valid.
   * @defaultValue none
   */
  readonly ownPlans?: () => readonly OwnPlan[] | undefined
}

/**
 * Advances the upgrades: which are scheduled, refused, reminded of, completed or failed, which are due, and which file
 * is to be taken back or archived. It acts on readings that have caught up with the chain, on missed polls, and on
 * outcomes of the writer.
 */
export function planUpgrades({ ownPlans = () => [], ...options }: PlanStageOptions = {}): Stage {
  const scheduling = resolvePlanOptions(options)
  const filePlace = placeOf(scheduling)
  return stage('planUpgrades', (draft) => {
    const { event } = draft
    switch (event.type) {
      case 'reading':
        // The backlog may still contain a cancellation, so nothing is scheduled or written before it is read.
        return event.reading.backlog === 0n
          ? afterReading(draft, event.reading, { ownPlans: ownPlans(), filePlace }, scheduling)
          : draft
      case 'missed':
        return afterMiss(draft, event, scheduling)
      case 'wrote':
        return afterWrite(draft, event, scheduling)
      case 'alive':
        return draft
    }
  })
}

/** What the operator's configuration currently asks for. */
interface Wanted {
  readonly ownPlans: ReadEvent['ownPlans']
  readonly filePlace: ChainState['filePlace']
}

function afterReading(
  draft: Draft,
  reading: GoodReading,
  { ownPlans, filePlace }: Wanted,
  scheduling: ResolvedPlanOptions,
): Draft {
  const { before, state } = draft
  const { caughtUpAt } = before
  const head = headOf(state) ?? reading.head
  const { nodeVersion } = reading
  const fileMove = moveBetween(before.filePlace, filePlace)
  const { upgrades, moves, due } = stepPlan(
    state,
    {
      type: 'read',
      head,
      hostTime: reading.readAt,
      proposals: state.proposals,
      retracted: [...reading.retracted, ...orphansOf(state)],
      blockTime: state.blockTime,
      ...defined({ caughtUpAt, nodeVersion, ownPlans, fileMove }),
    },
    scheduling,
  )
  const { file: last, ...rest } = state
  const known = fileMove?.what === 'path' ? undefined : last
  const stale = staleFile(known, upgrades, due, head.number)
  const finished = scheduling.afterCompletion === 'archive' ? finishedFile(known, upgrades) : undefined
  const file = stale ?? fileBefore(known, due, head.number)
  return {
    ...draft,
    state: { ...rest, upgrades, ...defined({ file, filePlace }) },
    moves,
    due,
    ...defined({ stale, finished }),
  }
}

function afterMiss(
  draft: Draft,
  { reading }: Extract<ChainEvent, { type: 'missed' }>,
  scheduling: ResolvedPlanOptions,
): Draft {
  const { state } = draft
  const { clock, head, blockTime, lastGoodAt: readAt } = state
  const { upgrades, moves } = stepPlan(
    state,
    {
      type: 'missed',
      hostTime: reading.readAt,
      time: clock?.time ?? head?.timestamp ?? 0n,
      ...(head !== undefined && readAt !== undefined && { last: { head, blockTime, readAt } }),
    },
    scheduling,
  )
  return { ...draft, state: { ...state, upgrades }, moves }
}

function afterWrite(
  draft: Draft,
  { outcome, hostTime }: Extract<ChainEvent, { type: 'wrote' }>,
  scheduling: ResolvedPlanOptions,
): Draft {
  const { state } = draft
  const head = headOf(state)
  if (head === undefined) return draft
  const { file: written, ...rest } = state
  const left = fileAfter(written, outcome, state.upgrades)
  const { nodeVersion } = state
  const { upgrades, moves } = stepPlan(
    { upgrades: withoutDebt(state, outcome) },
    { type: 'wrote', outcome, head, hostTime, ...defined({ nodeVersion }) },
    scheduling,
  )
  // In the place of a file that was taken back, the same turn may write the next one.
  const file =
    left === undefined && isCleanup(outcome)
      ? fileBefore(left, dueUpgrades(actingIn(upgrades), { head, hostTime }, scheduling), head.number)
      : left
  return { ...draft, state: { ...rest, upgrades, ...defined({ file }) }, moves }
}

/** The upgrades, after the outcome has cleared the mark of an owed hook, preflight or post-check. */
function withoutDebt({ upgrades }: ChainState, outcome: WriteOutcome): ChainState['upgrades'] {
  const upgrade = upgrades.get(outcome.key)
  const settled = upgrade === undefined ? undefined : settledBy(upgrade, outcome)
  if (settled === undefined) return upgrades
  const next = editMap(upgrades)
  next.set(settled.key, settled)
  return next.map()
}

function settledBy(upgrade: Upgrade, outcome: WriteOutcome): Upgrade | undefined {
  switch (outcome.result) {
    case 'hooked':
      return { ...upgrade, hook: 'done' }
    case 'preflighted':
      return withPreflight(upgrade, outcome)
    case 'postChecked':
      return withPostCheck(upgrade, outcome)
    default:
      return undefined
  }
}

/**
 * Keys of upgrades under way whose proposal is gone. An earlier portion of a backlog may have brought the retraction.
 */
function orphansOf({
  upgrades,
  proposals,
}: ChainState): ChainState['upgrades'] extends ReadonlyMap<infer K, unknown> ? readonly K[] : never {
  // The proposal of a live upgrade is never forgotten, so a missing one was retracted.
  return [...actingIn(upgrades).values()]
    .filter((upgrade) => (isLive(upgrade) || isBlocked(upgrade)) && !isOwn(upgrade) && !proposals.has(upgrade.key))
    .map(({ key }) => key)
}
