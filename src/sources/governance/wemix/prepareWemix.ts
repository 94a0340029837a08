import type { Prepare } from '../evm/arrive.js'
import { findRegistry } from './findRegistry.js'
import type { WemixMemory, WemixContext } from './WemixContext.js'

/** Finds the registry with the first request of a process. */
export function prepareWemix({ chain, registry }: WemixContext, memory: WemixMemory): Prepare {
  return async (client) => {
    const found = memory.registry ?? (await findRegistry(client, chain, registry))
    return () => {
      memory.registry = found
    }
  }
}
