import { defer, filter, map, type Observable, share } from 'rxjs'
import type { LogWriter } from '../channels/Channel.js'
import type { Turn } from '../domain/chainState.js'
import { subjectsEndedBy } from '../domain/notifications/message.js'
import { subjectsIn } from '../domain/notifications/voteNow.js'
import type { Setup } from './setUp.js'
import type { LatestStates } from './latestStates.js'
import type { EditFailure, VoteSource } from '../sinks/outbox/OutboxOptions.js'

/** The part of a setup that says which chains there are, and where notifications go. */
interface VoteSetup extends Pick<Setup, 'route'> {
  readonly chains: ReadonlyMap<string, object>
}

/**
 * Subjects of the votes that stand otherwise after a turn, and of the plans that are over with it. After the first turn
 * of a chain, also of one that left and came back, those of all of its votes that go on and of all of its plans: nobody
 * knows what moved before.
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

/** What moves the messages of a monitor between two notifications. */
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
        ? `the message is not kept up to date until something new is told of it: ${reason}`
        : `the message could not be brought up to date, and is tried again: ${reason}`,
    )
}
