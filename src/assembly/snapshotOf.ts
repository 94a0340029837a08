import { existsSync } from 'node:fs'
import { openStore } from '../sinks/store/openStore.js'
import { type Chains, proposalsIn, upgradesIn } from './latestOf.js'
import type { Snapshot } from './Monitor.js'

/** The states of these chains as the file has them; none where there is no file. Throws `StoreError`. */
export function readChains(path: string, watched: readonly { readonly name: string }[]): Chains {
  if (path === ':memory:' || !existsSync(path)) return new Map()
  const store = openStore({ path, readOnly: true })
  try {
    return new Map(
      watched.flatMap(({ name }) => {
        const state = store.load(name)
        return state === undefined ? [] : [[name, state]]
      }),
    )
  } finally {
    store.close()
  }
}

export function snapshotOf(chains: Chains): Snapshot {
  const states = [...chains.values()]
  return {
    heads: states.flatMap(({ chain, head }) => (head === undefined ? [] : [{ chain, ...head }])),
    proposals: proposalsIn(chains),
    ...upgradesIn(chains),
    health: states.map(({ health }) => health),
  }
}
