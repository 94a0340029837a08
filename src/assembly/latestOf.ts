import { distinctUntilChanged, map, type Observable, scan } from 'rxjs'
import type { ChainState, Turn } from '../domain/chainState.js'
import { queueOf } from '../domain/queueOf.js'
import type { UpgradeQueue } from '../domain/upgrade.js'
import { shareState } from '../streams/shareState.js'
import type { ProposalState } from '../streams/trackProposals.js'

/** The latest state of every chain, by name. */
export type Chains = ReadonlyMap<string, ChainState>

/** The latest state of all chains after each turn; a late subscriber gets the current one first. */
export function chainsOf(turn$: Observable<Turn>): Observable<Chains> {
  return turn$.pipe(
    scan((chains: Chains, { state }) => new Map(chains).set(state.chain, state), new Map<string, ChainState>()),
    shareState(),
  )
}

/** All proposals of all chains, whenever one changed. */
export function proposalsOf(chains$: Observable<Chains>): Observable<ProposalState> {
  return chains$.pipe(
    distinctUntilChanged((a, b) => sameFor(a, b, ({ proposals }) => proposals)),
    map((chains) => ({ proposals: new Map([...chains.values()].flatMap(({ proposals }) => [...proposals])) })),
    shareState(),
  )
}

/** All upgrades of all chains, whenever one changed. */
export function upgradesOf(chains$: Observable<Chains>): Observable<UpgradeQueue> {
  return chains$.pipe(
    distinctUntilChanged((a, b) => sameFor(a, b, ({ upgrades }) => upgrades)),
    map((chains) => queueOf([...chains.values()].flatMap(({ upgrades }) => [...upgrades.values()]))),
    shareState(),
  )
}

function sameFor(a: Chains, b: Chains, part: (state: ChainState) => unknown): boolean {
  return a.size === b.size && [...b].every(([name, state]) => {
    const before = a.get(name)
    return before !== undefined && part(before) === part(state)
  })
}
