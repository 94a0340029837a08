import type { Turn } from '../domain/chainState.js'

/** Tracks which chains were read since the start. */
export interface Readiness {
  readonly note: (turn: Turn) => void
  /** Says why not all watched chains were read, without names; undefined once all were. */
  readonly unready: () => string | undefined
}

export function createReadiness(watched: () => readonly string[]): Readiness {
  // One entry per chain, so the configuration bounds the size.
  const read = new Set<string>()
  return {
    note: ({ cause, state }) => {
      if (cause === 'reading') read.add(state.chain)
    },
    unready: () => {
      const all = watched()
      const unread = all.filter((chain) => !read.has(chain)).length
      return unread === 0
        ? undefined
        : `${unread} of ${all.length} ${all.length === 1 ? 'chain was' : 'chains were'} not read since the start.`
    },
  }
}
