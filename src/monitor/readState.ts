import { existsSync } from 'node:fs'
import { StoreError } from '../domain/errors.js'
import { openStore } from '../store/openStore.js'
import type { Store } from '../store/Store.js'

/**
 * Reads from a state file without writing to it. Returns undefined if there is none or it cannot be read, which `check`
 * reports with the state itself.
 */
export function readState<Result>(state: string, read: (store: Store) => Result): Result | undefined {
  if (state === ':memory:' || !existsSync(state)) return undefined
  try {
    const store = openStore({ path: state, readOnly: true })
    try {
      return read(store)
    } finally {
      store.close()
    }
  } catch (cause) {
    if (cause instanceof StoreError) return undefined
    throw cause
  }
}
