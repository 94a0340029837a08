import { existsSync } from 'node:fs'
import type { Config } from '../config/schema.js'
import { StoreError } from '../domain/errors.js'
import { openStore } from '../store/openStore.js'
import { unheededIn } from './unheededIn.js'

/**
 * Reports, by chain and in sentences, which of the operator's plan edits are ignored because an upgrade is in progress.
 * Empty if the state cannot be read, which is reported with the state itself.
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
