import { existsSync } from 'node:fs'
import { ConfigError } from '../domain/errors.js'
import { openStore } from '../store/openStore.js'
import type { Store } from '../store/Store.js'
import { withStore } from './withStore.js'

interface WithNewStore {
  readonly state: string
  /** What is to be stored, such as `silence`. */
  readonly what: string
}

/**
 * As `withStore` for writing, but creates the state if there is none.
 *
 * @throws ConfigError if the state is in memory.
 */
export async function withNewStore<T>(
  { state, what }: WithNewStore,
  use: (store: Store) => T | Promise<T>,
): Promise<T> {
  if (!existsSync(state)) openStore({ path: state }).close()
  return withStore({ state, readOnly: false }, (store) => {
    if (store !== undefined && state !== ':memory:') return use(store)
    throw new ConfigError([{ path: 'state', message: `expected a file: a state in memory keeps no ${what}` }])
  })
}
