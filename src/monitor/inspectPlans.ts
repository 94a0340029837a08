import { existsSync } from 'node:fs'
import type { Config } from '../config/schema.js'
import { StoreError } from '../domain/errors.js'
import { openStore } from '../store/openStore.js'
import { unheededIn } from './unheededIn.js'

/**
 * What of the operator's plans is not taken up because an upgrade is in progress, by chain, in sentences. Nothing where
 * the state cannot be read: what is wrong with it is said of the state.
 */
export function inspectPlans({
  state,
  chains,
}: Pick<Config, 'state' | 'chains'>): ReadonlyMap<string, readonly string[]> {
  if (state === ':memory:' || !existsSync(state)) return new Map()
  try {
    const store = openStore({ path: state, readOnly: true })
    try {
      return new Map(chains.map((chain) => [chain.name, unheededIn(chain, store)]))
    } finally {
      store.close()
    }
  } catch (cause) {
    if (cause instanceof StoreError) return new Map()
    throw cause
  }
}
