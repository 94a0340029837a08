import { z } from '@hono/zod-openapi'
import type { Config } from '../config/schema.js'
import type { ChainState } from '../domain/chainState.js'
import { namesText } from '../domain/text/namesText.js'
import type { ChainOutline } from '../store/Store.js'
import type { WatchedChain } from '../views/statusView.js'
import { refusal } from './problem.js'
import { type NamedChain, watchedChains } from '../views/watchedChains.js'
import type { ServerContext } from './ServerContext.js'

/** The filter of a list by its chain. */
export const chainKey = z.optional(z.string().max(100)).describe('Only what is of this chain.')

/** Returns the names of the requested chains, one or all, in the order of the configuration. */
export function chainsAsked({ config, store }: ServerContext, only: string | undefined): readonly string[] {
  const configured = config().chains.map(({ name }) => name)
  if (only === undefined) return configured
  if (configured.includes(only) || store.chains().includes(only)) return [only]
  throw refusal(400, `chain: expected one of ${namesText(configured)}`)
}

/** What a list needs to know about a chain. */
export type ChainBrief = Pick<ChainOutline, 'chain' | 'head' | 'blockTime' | 'upgrades'>

/**
 * Returns what is known about the chains. The run's own state comes first, because it needs no decoding of upgrades.
 */
export function briefsOf(context: ServerContext, chains: readonly string[]): readonly ChainBrief[] {
  const held = heldIn(context)
  return chains.flatMap((chain) => held.get(chain) ?? context.store.outline(chain) ?? [])
}

/** Returns what is known about each configured chain, or about those in `wanted`. */
export function chainsIn(
  context: ServerContext,
  named: readonly NamedChain[] = namedChains(context.config()),
  wanted: readonly NamedChain[] = named,
): readonly WatchedChain[] {
  const { store } = context
  const held = heldIn(context)
  const outlineOf = (chain: string): ChainOutline | undefined => {
    const state = held.get(chain)
    return state === undefined ? store.outline(chain) : { ...state, open: store.openCount(chain) }
  }
  return watchedChains(store, named, wanted, outlineOf)
}

function heldIn({ states }: ServerContext): ReadonlyMap<string, ChainState> {
  return new Map([...states()].map((state) => [state.chain, state]))
}

/** Returns all chains of a configuration, in its order. */
export function namedChains({ chains }: Config): readonly NamedChain[] {
  return chains.map(({ name, governance, monitor }) => ({
    chain: name,
    system: governance.system,
    enabled: monitor.enabled,
  }))
}
