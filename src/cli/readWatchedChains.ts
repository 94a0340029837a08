import { nearest } from '../schema/nearest.js'
import type { NamedChain } from '../config/readNames.js'
import { ConfigError } from '../domain/errors.js'
import type { Store } from '../store/Store.js'
import type { Located } from './locateState.js'
import type { WatchedChain } from '../views/statusView.js'
import { watchedChains } from '../views/watchedChains.js'

/**
 * Returns every chain of the configuration with its state, in order; without a configuration, every chain of the state.
 * With a name, returns only that chain.
 *
 * @throws ConfigError if no chain has that name.
 */
export function readWatchedChains(store: Store | undefined, located: Located, only?: string): readonly WatchedChain[] {
  requireChain(store, located, only)
  const named: readonly NamedChain[] =
    located.chains ?? (store?.chains() ?? []).map((chain) => ({ chain, enabled: true }))
  // A chain may have left the configuration; its state is there until it is thrown away.
  const wanted: readonly NamedChain[] =
    only === undefined
      ? named
      : named.some(({ chain }) => chain === only)
        ? named.filter(({ chain }) => chain === only)
        : [{ chain: only, enabled: true }]
  return watchedChains(store, named, wanted)
}

/**
 * Sees to it that a chain of that name is known, where one is asked for.
 *
 * @throws ConfigError that says which chains there are.
 */
export function requireChain(store: Store | undefined, { chains = [] }: Located, name: string | undefined): void {
  const known = [...new Set([...chains.map(({ chain }) => chain), ...(store?.chains() ?? [])])]
  if (name === undefined || known.includes(name)) return
  const meant = nearest(name, known)
  const there =
    known.length === 0
      ? 'nothing has been read yet'
      : meant === undefined
        ? `there ${known.length === 1 ? 'is' : 'are'} ${known.join(', ')}`
        : `did you mean ${meant}?`
  throw new ConfigError([
    { path: '--chain', message: `there is no chain ${name === '' ? 'without a name' : name}; ${there}` },
  ])
}
