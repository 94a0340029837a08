import { concat, defer, EMPTY, merge, mergeMap, type Observable, of } from 'rxjs'
import type { ChainState } from '../../domain/chainState.js'
import { retryWhileUnwritable } from '../../store/retryWhileUnwritable.js'
import { buryOrphans } from './buryOrphans.js'
import { deliverLane, unlessPaused } from './deliverLane.js'
import type { DeliveryReport } from './DeliveryReport.js'
import { editVotes } from './editVotes.js'
import type { OutboxLane, OutboxOptions } from './OutboxOptions.js'

/**
 * Delivers what is due now, each row once, then edits the messages of votes that changed, and completes. `sync` uses
 * it. Handlers do not wait for each other; each delivers its oldest row first.
 */
export function deliverDue(options: OutboxOptions): Observable<DeliveryReport> {
  return defer(() => of(statesOf(options))).pipe(
    retryWhileUnwritable(options.scheduler),
    mergeMap((states) =>
      merge(
        buryOrphans(options),
        ...[...options.handlers].map(([key, lane]) => deliverLaneOnce(key, lane, states, options)),
      ),
    ),
  )
}

/** The states at the start. They are not read if no handler can edit. */
function statesOf({ handlers, votes }: OutboxOptions): readonly ChainState[] {
  const isAsked = [...handlers.values()].some(({ handler }) => handler.edit !== undefined)
  return votes === undefined || !isAsked ? [] : [...votes.states()]
}

function deliverLaneOnce(
  key: string,
  lane: OutboxLane,
  states: readonly ChainState[],
  options: OutboxOptions,
): Observable<DeliveryReport> {
  const { votes } = options
  return defer(() => {
    const edits = votes && editVotes(key, lane, { ...options, votes: { ...votes, states: () => states }, waits: true })
    return unlessPaused(key, concat(deliverLane(key, lane, options), edits?.pass$ ?? EMPTY), options)
  })
}
