import { defer, filter, map, type Observable, share } from 'rxjs'
import type { LogWriter } from '../channels/Channel.js'
import type { Turn } from '../domain/chainState.js'
import { subjectsEndedBy } from '../domain/notifications/message.js'
import { subjectsIn } from '../domain/notifications/voteNow.js'
import type { Setup } from './setUp.js'
import type { LatestStates } from './latestStates.js'
import type { EditFailure, VoteSource } from '../sinks/outbox/OutboxOptions.js'

/** The part of a setup with the chains and the routing of notifications. */
interface VoteSetup extends Pick<Setup, 'route'> {
  readonly chains: ReadonlyMap<string, object>
}

/**
 * Emits the subjects of votes that changed with a turn, and of plans that ended with it. After the first turn of a
 * chain, also one that was removed and added again, it emits the subjects of all its open votes and all its plans,
 * because what changed before is unknown.
 */
function movedVotes(turn$: Observable<Turn>, setup: () => VoteSetup): Observable<readonly string[]> {
  return defer(() => {
    const seen = new WeakSet<object>()
    return turn$.pipe(
      map(({ state, touched, announcements }) => {
        const chain = setup().chains.get(state.chain)
        if (chain === undefined || seen.has(chain))
          return [
            ...touched.proposals.filter((key) => state.proposals.get(key)?.status === 'voting'),
            ...announcements.flatMap(({ notification }) => subjectsEndedBy(notification)),
          ]
        seen.add(chain)
        return subjectsIn(state)
      }),
      filter((subjects) => subjects.length > 0),
    )
  }).pipe(share())
}

/** What causes posted messages to be edited between two notifications. */
export function votesOf(
  turn$: Observable<Turn>,
  { live }: Pick<LatestStates, 'live'>,
  { setup, log }: { readonly setup: () => VoteSetup; readonly log: Pick<LogWriter, 'warn'> },
): VoteSource {
  const route: VoteSource['route'] = (notification, moment) => setup().route(notification, moment)
  return { moved$: movedVotes(turn$, setup), states: live, route, onFailure: logEditFailure(log) }
}

/** Logs that a message could not be edited. */
function logEditFailure(log: Pick<LogWriter, 'warn'>): (failure: EditFailure) => void {
  return ({ handler, subject, reason, isRefused }) =>
    log.warn(
      { handler, subject },
      isRefused
        ? `the message is not kept up to date until there is another notification about it: ${reason}`
        : `the message could not be brought up to date, and is tried again: ${reason}`,
    )
}
