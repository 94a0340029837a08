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

/** The current state of the proposals. */
export interface ProposalState {
  /** Proposals that can still change or closed lately. Read them with `selectProposals` and `statisticsOf`. */
  readonly proposals: ReadonlyMap<ProposalKey, Proposal>
  /** Counts of all tracked proposals, including those that closed long ago. */
  readonly counts: ProposalCounts
}

/** Returns the states known at the time of a subscription. A view emits their contents first. */
export type KnownStates = () => Iterable<ChainState>

/** Emits every new head of every chain, after the latest known head of each. Repeats of the last head are left out. */
export function heads(known?: KnownStates): OperatorFunction<Turn, Head & { readonly chain: string }> {
  return (turn$) =>
    turn$.pipe(
      eachNew(({ head }) => head, isSameBlock, known),
      map(([chain, head]) => ({ chain, ...head })),
    )
}

/** Emits every change, in order; none is left out. */
export function changes(): OperatorFunction<Turn, Change> {
  return concatMap((turn) => turn.changes)
}

/** Emits every notification once, in order. */
export function notifications(): OperatorFunction<Turn, Notification> {
  return concatMap(({ announcements }) => announcements.map(({ notification }) => notification))
}

/** Emits the health of a chain after each of its polls; first the latest known health of each chain. */
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
 * Emits the proposals of all chains, first as known and then whenever one changes. On each `left$`, chains that are no
 * longer known are dropped.
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

/**
 * Emits the upgrade queue of all chains, first as known and then on each change; `left$` as in {@link trackProposals}.
 */
export function trackUpgrades(known?: KnownStates, left$?: Observable<unknown>): OperatorFunction<Turn, UpgradeQueue> {
  return (turn$) =>
    turn$.pipe(
      eachChange(({ upgrades }) => upgrades, known, left$),
      map(upgradesIn),
    )
}

/** Combines the proposals of several chains. */
export function proposalsIn(states: Iterable<ChainState>): ProposalState {
  const all = [...states]
  return {
    proposals: new Map(
      all.flatMap(({ proposals }) => [...proposals].filter(([, { announced }]) => announced !== true)),
    ),
    counts: all.map(countsOf).reduce(addCounts, noCounts),
  }
}

/** Combines the upgrades of several chains. */
export function upgradesIn(states: Iterable<ChainState>): UpgradeQueue {
  return queueOf([...states].flatMap(({ upgrades }) => [...upgrades.values()]))
}

/** Emits one part of a chain's state with the chain's name whenever that part changes. */
function eachNew<T>(
  part: (state: ChainState) => T | undefined,
  isSame: (a: T, b: T) => boolean,
  known: KnownStates = () => [],
): OperatorFunction<Turn, readonly [chain: string, part: T]> {
  return (turn$) =>
    defer(() => {
      // One entry for each chain, so the configuration limits its size.
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

/** Emits the states of all chains, first as known and then whenever the given part of one of them changes. */
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
