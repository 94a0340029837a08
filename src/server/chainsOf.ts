import { z } from '@hono/zod-openapi'
import type { Config } from '../config/schema.js'
import type { ChainOutline } from '../store/Store.js'
import type { NamedChain } from '../views/watchedChains.js'
import { refusal } from './problem.js'
import type { ServerContext } from './ServerContext.js'

/** The filter of a list by its chain. */
export const chainKey = z.exactOptional(z.string().max(100)).describe('Only what is of this chain.')

/** The names of the chains that are asked about, in the order of the configuration: of one, or of all. */
export function chainsAsked({ config, store }: ServerContext, only: string | undefined): readonly string[] {
  const configured = config().chains.map(({ name }) => name)
  if (only === undefined) return configured
  if (configured.includes(only) || store.chains().includes(only)) return [only]
  throw refusal(400, `chain: expected one of ${configured.join(', ')}`)
}

/** What is known of them. */
export function outlinesOf({ store }: ServerContext, chains: readonly string[]): readonly ChainOutline[] {
  return chains.flatMap((chain) => store.outline(chain) ?? [])
}

/** All chains of a configuration, in its order. */
export function namedChains({ chains }: Config): readonly NamedChain[] {
  return chains.map(({ name, governance, monitor }) => ({
    chain: name,
    system: governance.system,
    enabled: monitor.enabled,
  }))
}
