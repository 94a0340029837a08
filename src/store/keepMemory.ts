import { openStore, type StoreOptions } from './openStore.js'
import type { EmbeddedStore } from './Store.js'

/**
 * Returns a function that opens states like `openStore`, except that a state in memory survives its closing: `close`
 * only releases the right to write, and the next call returns the same store.
 */
export function keepMemory(): (options: StoreOptions) => EmbeddedStore {
  let memory: EmbeddedStore | undefined
  const openMemory = (options: StoreOptions): EmbeddedStore => {
    const store = openStore(options)
    return { ...store, close: () => store.release() }
  }
  return (options) => (options.path === ':memory:' ? (memory ??= openMemory(options)) : openStore(options))
}
