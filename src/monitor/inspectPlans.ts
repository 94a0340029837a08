import type { Config } from '../config/schema.js'
import { readState } from './readState.js'
import { unheededIn } from './unheededIn.js'

/**
 * Reports, by chain and in sentences, which of the operator's plan edits are ignored because an upgrade is in progress.
 * Empty if the state cannot be read.
 */
export function inspectPlans({
  state,
  chains,
}: Pick<Config, 'state' | 'chains'>): ReadonlyMap<string, readonly string[]> {
  return (
    readState(state, (store) => new Map(chains.map((chain) => [chain.name, unheededIn(chain, store)]))) ?? new Map()
  )
}
