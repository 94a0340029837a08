import { existsSync } from 'node:fs'
import { openStore } from '../store/openStore.js'
import type { ChainState } from '../domain/chainState.js'
import { proposalsIn, upgradesIn } from '../streams/views.js'
import type { Snapshot } from './Monitor.js'

/** The states of these chains as the file has them; none where there is no file. Throws `StoreError`. */
export function readChains(path: string, watched: readonly { readonly name: string }[]): readonly ChainState[] {
  if (path === ':memory:' || !existsSync(path)) return []
  const store = openStore({ path, readOnly: true })
  try {
    return watched.flatMap(({ name }) => store.load(name) ?? [])
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
