import type { Config } from '../config/schema.js'
import { readState } from './readState.js'
import { strayNotes } from './strayNotes.js'

/** Reports, in sentences, what this configuration leaves open. Empty if the state cannot be read. */
export function inspectPosts({ state, chains, notifier }: Config): readonly string[] {
  const watched = chains.filter(({ monitor }) => monitor.enabled)
  const known = { handlers: notifier.handlers.map(({ name }) => name), chains: watched.map(({ name }) => name) }
  return readState(state, (store) => strayNotes(store, known)) ?? []
}
