import {
  concat,
  concatMap,
  connect,
  defer,
  EMPTY,
  from,
  map,
  merge,
  type Observable,
  of,
  type OperatorFunction,
  takeUntil,
} from 'rxjs'
import type { ChainState, Turn } from '../domain/chainState.js'
import type { Change } from '../domain/proposals/change.js'
import { type Head, isSameBlock } from '../domain/blocks/head.js'
import type { Health } from '../domain/health.js'
import type { Notification } from '../domain/notifications/notification.js'
import { countsOf } from '../domain/proposals/archive.js'
import { addCounts, noCounts, type ProposalCounts } from '../domain/proposals/counts.js'
import type { Proposal, ProposalKey } from '../domain/proposals/proposal.js'
import { queueOf } from '../domain/upgrades/queueOf.js'
import type { UpgradeQueue } from '../domain/upgrades/upgrade.js'
import { endOf } from './endOf.js'

/** The proposals as they are known now. */
export interface ProposalState {
  /** What can still change, and what closed lately. `selectProposals` and `statisticsOf` read it. */
  readonly proposals: ReadonlyMap<ProposalKey, Proposal>
  /** How many are tracked in all, those that closed long ago included. */
  readonly counts: ProposalCounts
}

/** Gives the states that are known at the time of a subscription: a view emits what they hold first. */
export type KnownStates = () => Iterable<ChainState>

/** Every new head of every chain, the latest of each chain known first; repeats of the last one are left out. */
export function heads(known?: KnownStates): OperatorFunction<Turn, Head & { readonly chain: string }> {
  return (turn$) =>
    turn$.pipe(
      eachNew(({ head }) => head, isSameBlock, known),
      map(([chain, head]) => ({ chain, ...head })),
    )
}

/** Every difference, in order; none is left out. */
export function changes(): OperatorFunction<Turn, Change> {
  return concatMap((turn) => turn.changes)
}

/** Every notification, once, in order. */
export function notifications(): OperatorFunction<Turn, Notification> {
  return concatMap(({ announcements }) => announcements.map(({ notification }) => notification))
}

/** The health of a chain after each of its polls, the latest of each chain known first. */
export function health(known?: KnownStates): OperatorFunction<Turn, Health> {
  return (turn$) =>
    turn$.pipe(
      eachNew(
        (state) => state.health,
        (a, b) => a === b,
        known,
      ),
      map(([, latest]) => latest),
    )
}

/**
 * The proposals of all chains, as they are known and whenever one changed. With each `left$` what is not known any more
 * is forgotten.
 */
export function trackProposals(
  known?: KnownStates,
  left$?: Observable<unknown>,
): OperatorFunction<Turn, ProposalState> {
  return (turn$) =>
    turn$.pipe(
      eachChange(({ proposals }) => proposals, known, left$),
      map(proposalsIn),
    )
}

/** The queue of all chains, as it is known and whenever an upgrade changed; `left$` as for {@link trackProposals}. */
export function trackUpgrades(known?: KnownStates, left$?: Observable<unknown>): OperatorFunction<Turn, UpgradeQueue> {
  return (turn$) =>
    turn$.pipe(
      eachChange(({ upgrades }) => upgrades, known, left$),
      map(upgradesIn),
    )
}

/** The proposals of several chains together. */
export function proposalsIn(states: Iterable<ChainState>): ProposalState {
  const all = [...states]
  return {
    proposals: new Map(
      all.flatMap(({ proposals }) => [...proposals].filter(([, { announced }]) => announced !== true)),
    ),
    counts: all.map(countsOf).reduce(addCounts, noCounts),
  }
}

/** The upgrades of several chains together. */
export function upgradesIn(states: Iterable<ChainState>): UpgradeQueue {
  return queueOf([...states].flatMap(({ upgrades }) => [...upgrades.values()]))
}

/** One part of each chain's state whenever it is another one, with the name of its chain. */
function eachNew<T>(
  part: (state: ChainState) => T | undefined,
  isSame: (a: T, b: T) => boolean,
  known: KnownStates = () => [],
): OperatorFunction<Turn, readonly [chain: string, part: T]> {
  return (turn$) =>
    defer(() => {
      // One entry a chain: bounded by the configuration.
      const latest = new Map<string, T>()
      return concat(from(known()), turn$.pipe(map(({ state }) => state))).pipe(
        concatMap((state): (readonly [string, T])[] => {
          const [before, now] = [latest.get(state.chain), part(state)]
          if (now === undefined || (before !== undefined && isSame(before, now))) return []
          latest.set(state.chain, now)
          return [[state.chain, now]]
        }),
      )
    })
}

/** The states of all chains, as they are known and whenever one part of one of them is another one. */
function eachChange(
  part: (state: ChainState) => unknown,
  known: KnownStates = () => [],
  left$: Observable<unknown> = EMPTY,
): OperatorFunction<Turn, readonly ChainState[]> {
  return (turn$) =>
    defer(() => {
      const states = new Map([...known()].map((state) => [state.chain, state]))
      const all = (): readonly ChainState[] => [...states.values()]
      const forgotten$ = left$.pipe(
        map(() => {
          const there = new Set([...known()].map(({ chain }) => chain))
          for (const chain of states.keys()) if (!there.has(chain)) states.delete(chain)
          return all()
        }),
      )
      return concat(
        states.size === 0 ? EMPTY : of(all()),
        turn$.pipe(
          connect((shared$) =>
            merge(
              forgotten$.pipe(takeUntil(endOf(shared$))),
              shared$.pipe(
                concatMap(({ state }) => {
                  const before = states.get(state.chain)
                  states.set(state.chain, state)
                  return before !== undefined && part(before) === part(state) ? EMPTY : of(all())
                }),
              ),
            ),
          ),
        ),
      )
    })
}
