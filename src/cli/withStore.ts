import { existsSync } from 'node:fs'
import type { Store } from '../store/Store.js'
import { openStore } from '../store/openStore.js'

interface WithStore {
  readonly state: string
  /** @defaultValue `true` */
  readonly readOnly?: boolean
}

/**
 * Opens the state, hands it over and closes it whatever happens. Before the first run there is none: then there is
 * nothing to read, which is no failure. Makes none, and brings none up, for writing neither.
 *
 * @throws StoreError
 */
export async function withStore<T>(
  { state, readOnly = true }: WithStore,
  use: (store: Store | undefined) => T | Promise<T>,
): Promise<T> {
  if (state !== ':memory:' && !existsSync(state)) return use(undefined)
  // Only what can be read as it is may be written to.
  if (!readOnly) openStore({ path: state, readOnly: true }).close()
  const store = openStore({ path: state, readOnly })
  try {
    return await use(store)
  } finally {
    store.close()
  }
}
