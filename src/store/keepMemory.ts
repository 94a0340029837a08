import { openStore, type StoreOptions } from './openStore.js'
import type { EmbeddedStore } from './Store.js'

/**
 * Returns a function that opens states like `openStore`, except that it opens a state in memory only once: the same
 * store is returned each time, so that its content survives a release.
 */
export function keepMemory(): (options: StoreOptions) => EmbeddedStore {
  let memory: EmbeddedStore | undefined
  return (options) => (options.path === ':memory:' ? (memory ??= openStore(options)) : openStore(options))
}
