import { existsSync } from 'node:fs'
import { type Observable, Subject } from 'rxjs'
import type { ChainState } from '../domain/chainState.js'
import { openStore } from '../store/openStore.js'
import type { Proposal } from '../domain/proposals/proposal.js'
import type { ProposalFilter } from '../domain/proposals/selectProposals.js'
import type { Store } from '../store/Store.js'
import { proposalsIn, upgradesIn } from '../streams/views.js'
import type { Snapshot } from './Monitor.js'

/** The latest state of each chain, for as long as anybody is subscribed. */
export interface LatestStates {
  readonly keep: (state: ChainState) => void
  /** Forgets one: it is not watched any more. */
  readonly forget: (chain: string) => void
  /** Emits when one was forgotten. */
  readonly left$: Observable<unknown>
  /** Forgets all: from here on the file is read. */
  readonly clear: () => void
  /** Those that are kept, one a chain. */
  readonly live: () => Iterable<ChainState>
  /** Those that are kept, or where none is, those in the file. Throws `StoreError`. */
  readonly known: () => readonly ChainState[]
  /** The store that is open, and none any more. */
  readonly hold: (store: Store) => void
  readonly letGo: () => void
  /** Tracked proposals, archived ones too: out of the store that is open, or else the file. Throws `StoreError`. */
  readonly find: (filter?: ProposalFilter) => readonly Proposal[]
}

/** Of the chains that are watched, by name, with the state file at `path`. */
export function createLatestStates(path: string, names: () => readonly string[]): LatestStates {
  const states = new Map<string, ChainState>()
  const left$ = new Subject<void>()
  let held: Store | undefined
  const inStore = <T>(use: (store: Store) => readonly T[]): readonly T[] =>
    held === undefined ? inFile(path, use) : use(held)
  return {
    keep: (state) => void states.set(state.chain, state),
    forget: (chain) => {
      if (states.delete(chain)) left$.next()
    },
    left$: left$.asObservable(),
    clear: () => states.clear(),
    live: () => states.values(),
    known: () =>
      states.size > 0
        ? [...states.values()]
        : inFile(path, (store) => names().flatMap((name) => store.resume(name) ?? [])),
    hold: (store) => {
      held = store
    },
    letGo: () => {
      held = undefined
    },
    find: (filter) => inStore((store) => [...store.find(filter, { chains: names() })]),
  }
}

/** Nothing where there is no file. */
function inFile<T>(path: string, use: (store: Store) => readonly T[]): readonly T[] {
  if (path === ':memory:' || !existsSync(path)) return []
  const store = openStore({ path, readOnly: true })
  try {
    return use(store)
  } finally {
    store.close()
  }
}

export function snapshotOf(states: readonly ChainState[]): Snapshot {
  return {
    heads: states.flatMap(({ chain, head }) => (head === undefined ? [] : [{ chain, ...head }])),
    ...proposalsIn(states),
    ...upgradesIn(states),
    health: states.map(({ health }) => health),
  }
}
