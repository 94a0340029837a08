import { filter } from 'rxjs'
import type { ChainState } from '../domain/chainState.js'
import { canonical } from '../domain/text/json.js'
import type { ChainEvent, Draft } from './draft.js'
import type { Stage } from './stage.js'

/** What joins the polls of one chain with the fold of its turns, so that a reading which is kept back is not lost. */
export interface Rereading {
  /** Stands before all other stages. */
  readonly stage: Stage
  /** For `watchChain`. */
  readonly onKeptBack: (event: ChainEvent) => void
  /** For `pollProposals`: the state to read from once more; `undefined` where nothing was kept back. */
  readonly restart: () => ChainState | undefined
}

/**
 * Sees to it that what the stages keep back is read again: the next read starts from the state before. What was read
 * meanwhile from behind the gap is kept back too, for its cursor would leave the gap behind for good.
 *
 * One for each subscription to one chain.
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
