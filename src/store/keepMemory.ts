import { openStore, type StoreOptions } from './openStore.js'
import type { EmbeddedStore } from './Store.js'

/** Opens states as `openStore` does, but one in memory once: it is there as long as what this gives. */
export function keepMemory(): (options: StoreOptions) => EmbeddedStore {
  let memory: EmbeddedStore | undefined
  return (options) => (options.path === ':memory:' ? (memory ??= openStore(options)) : openStore(options))
}
