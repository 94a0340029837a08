import { concatMap, defer, distinctUntilChanged, EMPTY, map, merge, type Observable, of, scan } from 'rxjs'
import type { ChainState, Turn } from '../domain/chainState.js'
import { type Head, isSameBlock } from '../domain/head.js'
import type { Health } from '../domain/health.js'
import type { ProposalKey, Proposal } from '../domain/proposal.js'
import { queueOf } from '../domain/queueOf.js'
import type { UpgradeQueue } from '../domain/upgrade.js'
import { shareState } from '../streams/shareState.js'
import type { ProposalState } from '../streams/trackProposals.js'

/** The latest state of every chain, by name. */
export type Chains = ReadonlyMap<string, ChainState>

/**
 * The latest state of all chains after each turn; a late subscriber gets the current one first.
 *
 * @param known - The states known by now, for whoever subscribes when turns have come already.
 */
export function chainsOf(turn$: Observable<Turn>, known: () => Chains): Observable<Chains> {
  return defer(() => {
    const chains = new Map(known())
    return merge(
      chains.size === 0 ? EMPTY : of(chains),
      turn$.pipe(scan((all: Chains, { state }) => new Map(all).set(state.chain, state), chains)),
    )
  }).pipe(shareState())
}

/** Every new head; the latest of each chain first. */
export function headsOf(chains$: Observable<Chains>): Observable<Head & { readonly chain: string }> {
  return chains$.pipe(
    eachNew(({ head }) => head, isSameBlock),
    map(([chain, head]) => ({ chain, ...head })),
  )
}

/** The health of a chain after each of its polls; the latest of each chain first. */
export function healthOf(chains$: Observable<Chains>): Observable<Health> {
  return chains$.pipe(
    eachNew(
      ({ health }) => health,
      (a, b) => a === b,
    ),
    map(([, health]) => health),
  )
}

/** All proposals of all chains, whenever one changed. */
export function proposalsOf(chains$: Observable<Chains>): Observable<ProposalState> {
  return chains$.pipe(
    distinctUntilChanged((a, b) => sameFor(a, b, ({ proposals }) => proposals)),
    map((chains) => ({ proposals: proposalsIn(chains) })),
    shareState(),
  )
}

/** All upgrades of all chains, whenever one changed. */
export function upgradesOf(chains$: Observable<Chains>): Observable<UpgradeQueue> {
  return chains$.pipe(
    distinctUntilChanged((a, b) => sameFor(a, b, ({ upgrades }) => upgrades)),
    map(upgradesIn),
    shareState(),
  )
}

export function proposalsIn(chains: Chains): ReadonlyMap<ProposalKey, Proposal> {
  return new Map([...chains.values()].flatMap(({ proposals }) => [...proposals]))
}

export function upgradesIn(chains: Chains): UpgradeQueue {
  return queueOf([...chains.values()].flatMap(({ upgrades }) => [...upgrades.values()]))
}

/** One part of each chain's state whenever it is another one, with the name of its chain; at first that of every chain. */
function eachNew<T>(part: (state: ChainState) => T | undefined, isSame: (a: T, b: T) => boolean) {
  return (chains$: Observable<Chains>): Observable<readonly [string, T]> =>
    defer(() => {
      // One entry a chain: bounded by the configuration.
      const known = new Map<string, T>()
      return chains$.pipe(
        concatMap((chains) =>
          [...chains].flatMap(([name, state]): (readonly [string, T])[] => {
            const [before, latest] = [known.get(name), part(state)]
            if (latest === undefined || (before !== undefined && isSame(before, latest))) return []
            known.set(name, latest)
            return [[name, latest]]
          }),
        ),
      )
    })
}

function sameFor(a: Chains, b: Chains, part: (state: ChainState) => unknown): boolean {
  return (
    a.size === b.size &&
    [...b].every(([name, state]) => {
      const before = a.get(name)
      return before !== undefined && part(before) === part(state)
    })
  )
}
