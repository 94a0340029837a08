import { filter } from 'rxjs'
import type { ChainState } from '../domain/chainState.js'
import { canonical } from '../domain/text/json.js'
import type { ChainEvent, Draft } from './draft.js'
import type { Stage } from './stage.js'

/**
 * Connects the polls of one chain with the fold of its turns, so that a reading that the stages keep back is not lost.
 */
export interface Rereading {
  /** The stage to place before all others. */
  readonly stage: Stage
  /** Pass this to `watchChain`. */
  readonly onKeptBack: (event: ChainEvent) => void
  /** Pass this to `pollProposals`. Returns the state to read from again, or undefined if nothing was kept back. */
  readonly restart: () => ChainState | undefined
}

/**
 * Makes sure that a reading that the stages keep back is read again: the next read starts from the state before it.
 * Readings made meanwhile from a later cursor are kept back too, because committing their cursor would skip the gap for
 * good.
 *
 * Create one for each subscription to one chain.
 */
export function rereadKeptBack(): Rereading {
  let isBehind = false
  let latest: ChainState | undefined
  function isInOrder({ event, before }: Draft): boolean {
    latest = before
    if (!isBehind || event.type !== 'reading') return true
    isBehind = canonical(event.reading.startedFrom ?? null) !== canonical(before.cursor ?? null)
    return !isBehind
  }
  return {
    stage: filter(isInOrder),
    onKeptBack: ({ type }) => {
      if (type === 'reading') isBehind = true
    },
    restart: () => (isBehind ? latest : undefined),
  }
}
