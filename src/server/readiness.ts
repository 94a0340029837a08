import type { Turn } from '../domain/chainState.js'

/** Which of the chains were read since the start. */
export interface Readiness {
  readonly note: (turn: Turn) => void
  /** Why not all were, without a name; undefined once they were. */
  readonly unready: () => string | undefined
}

/** Of these chains, none of which was read so far. */
export function createReadiness(chains: readonly string[]): Readiness {
  const unread = new Set(chains)
  return {
    note: ({ cause, state }) => {
      if (cause === 'reading') unread.delete(state.chain)
    },
    unready: () =>
      unread.size === 0
        ? undefined
        : `${unread.size} of ${chains.length} ${chains.length === 1 ? 'chain was' : 'chains were'} not read since the start.`,
  }
}
