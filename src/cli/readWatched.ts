import type { Store } from '../sinks/Store.js'
import type { Located } from './locateState.js'
import type { Watched } from './views/statusView.js'

/** Every chain of the configuration with what is known of it, in its order; every chain of the state where there is none. */
export function readWatched(store: Store | undefined, { chains }: Located): readonly Watched[] {
  const named: readonly Omit<Watched, 'state'>[] = chains ?? store?.chains().map((chain) => ({ chain })) ?? []
  return named.map((watched) => {
    const state = store?.load(watched.chain)
    const system = watched.system ?? [...(state?.proposals.values() ?? [])][0]?.system
    return { chain: watched.chain, ...(system !== undefined && { system }), ...(state !== undefined && { state }) }
  })
}
