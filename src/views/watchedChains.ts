import { defined } from '../domain/defined.js'
import { unwritableHealth } from '../domain/stepHealth.js'
import type { ChainOutline, Store } from '../store/Store.js'
import type { ChannelDown, WatchedChain } from './statusView.js'

/** A chain of a configuration. */
export interface NamedChain {
  readonly chain: string
  readonly system?: string
  /** False if the configuration disables the chain. */
  readonly enabled: boolean
}

/** The state of the `wanted` chains, in their order. `named` are all chains of the configuration. */
export function watchedChains(
  store: Store | undefined,
  named: readonly NamedChain[],
  wanted: readonly NamedChain[] = named,
  outlineOf: (chain: string) => ChainOutline | undefined = (chain) => store?.outline(chain),
): readonly WatchedChain[] {
  const down = downIn(store)
  // Outages of chains that left the configuration are reported with the first chain, as in `run`.
  const outagesFor = (chain: string, index: number): readonly ChannelDown[] =>
    down.filter((outage) => outage.chain === chain || (index === 0 && named.every((one) => one.chain !== outage.chain)))
  return wanted.map((watched) => {
    const state = outlineOf(watched.chain)
    const system = watched.system ?? state?.system
    return {
      chain: watched.chain,
      enabled: watched.enabled,
      outages: outagesFor(watched.chain, named.indexOf(watched)),
      ...defined({ system, state }),
    }
  })
}

/** The chains while the state cannot be written since `since`, in Unix milliseconds. */
export function whileUnwritable(watched: readonly WatchedChain[], since: number | undefined): readonly WatchedChain[] {
  if (since === undefined) return watched
  return watched.map((one) =>
    one.enabled && one.state !== undefined
      ? { ...one, state: { ...one.state, health: unwritableHealth(one.state.health, since) } }
      : one,
  )
}

function downIn(store: Store | undefined): readonly ChannelDown[] {
  if (store === undefined) return []
  return store
    .outages()
    .filter(({ isDown, upSince }) => isDown && upSince === undefined)
    .map((outage) => ({ ...outage, waiting: store.waitingFor(outage.channel) }))
}
