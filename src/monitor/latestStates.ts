import { existsSync } from 'node:fs'
import type { ChainState } from '../domain/chainState.js'
import { openStore } from '../store/openStore.js'
import { proposalsIn, upgradesIn } from '../streams/views.js'
import type { Snapshot } from './Monitor.js'

/** The latest state of each chain, for as long as anybody is subscribed. */
export interface LatestStates {
  readonly keep: (state: ChainState) => void
  /** Forgets all: from here on the file is read. */
  readonly clear: () => void
  /** Those that are kept, one a chain. */
  readonly live: () => Iterable<ChainState>
  /** Those that are kept, or where none is, those in the file. Throws `StoreError`. */
  readonly known: () => readonly ChainState[]
}

/** Of these chains, with the state file at `path`. */
export function createLatestStates(path: string, chains: readonly { readonly name: string }[]): LatestStates {
  const states = new Map<string, ChainState>()
  return {
    keep: (state) => void states.set(state.chain, state),
    clear: () => states.clear(),
    live: () => states.values(),
    known: () => (states.size > 0 ? [...states.values()] : readStates(path, chains)),
  }
}

/** None where there is no file. */
function readStates(path: string, chains: readonly { readonly name: string }[]): readonly ChainState[] {
  if (path === ':memory:' || !existsSync(path)) return []
  const store = openStore({ path, readOnly: true })
  try {
    return chains.flatMap(({ name }) => store.load(name) ?? [])
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
