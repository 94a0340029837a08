import { existsSync } from 'node:fs'
import type { Store } from '../store/Store.js'
import { openStore } from '../store/openStore.js'

interface WithStore {
  readonly state: string
  /** @defaultValue `true` */
  readonly readOnly?: boolean
}

/**
 * Opens the state, passes it to `use`, and always closes it. `use` gets undefined if there is no state, which is no
 * failure before the first run. Never creates a state and never migrates one, not even for writing.
 *
 * @throws StoreError
 */
export async function withStore<T>(
  { state, readOnly = true }: WithStore,
  use: (store: Store | undefined) => T | Promise<T>,
): Promise<T> {
  if (state !== ':memory:' && !existsSync(state)) return use(undefined)
  // A state may be written only if it can be read without a migration.
  if (!readOnly) openStore({ path: state, readOnly: true }).close()
  const store = openStore({ path: state, readOnly })
  try {
    return await use(store)
  } finally {
    store.close()
  }
}
