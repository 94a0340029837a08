import {
  auditTime,
  concat,
  defer,
  distinctUntilChanged,
  EMPTY,
  exhaustMap,
  filter,
  map,
  merge,
  mergeMap,
  type Observable,
  of,
  scan,
  startWith,
  switchMap,
  take,
  timer,
} from 'rxjs'
import { keyOf, type ProposalKey } from '../../domain/proposals/proposal.js'
import { connectMonitor } from '../../remote/connectMonitor.js'
import type { ConnectOptions, Connection, RemoteMonitor } from '../../remote/RemoteMonitor.js'
import { type Received, joined, nothing, pictureOf, put, withSurroundings } from './received.js'
import { lastEvents } from './lastEvents.js'
import { type Past, pastOf } from './pastOf.js'
import type { Source } from './Source.js'
import { surroundingsOf } from './surroundingsOf.js'

// The number of waiting notifications of a channel changes with each event, so it is polled.
const surroundingsEveryMs = 5_000

/** Watches a remote govstream over HTTP. */
export function watchedUrl(options: ConnectOptions): Source {
  const from = new URL(options.url).origin
  return {
    readPictures: (opened$) =>
      defer(() =>
        edits$(options, connectMonitor(options), opened$).pipe(
          scan((received, edit) => ({ ...received, ...edit(received) }), nothing),
          map((received) => pictureOf(from, received)),
        ),
      ),
    readEvents: () =>
      defer(() => {
        const remote = connectMonitor(options)
        return merge(
          remote.notifications$,
          remote.connection$.pipe(
            map(problemOf),
            distinctUntilChanged(),
            mergeMap((problem) => (problem === undefined ? [] : [problem])),
          ),
        )
      }),
  }
}

/** Returns the parts of what was received that an event changes. */
type Edit = (received: Received) => Partial<Received>

/** Emits an edit for everything that the remote govstream sends, and for each proposal that is opened. */
function edits$(
  options: ConnectOptions,
  remote: RemoteMonitor,
  opened$: Observable<ProposalKey | undefined>,
): Observable<Edit> {
  // After a gap everything is read again, so nothing needs to be shown.
  const connection$ = remote.connection$.pipe(filter(({ type }) => type !== 'reset'))
  // A reload that removes a chain only ends the connection, and no event reports it, nor how many notifications wait.
  const surroundings$ = connection$.pipe(
    switchMap(({ type }) => (type === 'open' ? timer(0, surroundingsEveryMs) : EMPTY)),
    exhaustMap(() => surroundingsOf(options)),
  )
  const events$ = begins(remote.connection$).pipe(
    switchMap(() => concat(of(undefined), lastEvents(options))),
    map((past): Edit => ({ events }) => ({ events: past === undefined ? [] : joined(events, past) })),
  )
  return merge(
    connection$.pipe(map((now): Edit => () => ({ problem: problemOf(now) }))),
    remote.heads$.pipe(map((head): Edit => ({ heads }) => ({ heads: put(heads, head.chain, head) }))),
    remote.health$.pipe(map((one): Edit => ({ health }) => ({ health: put(health, one.chain, one) }))),
    remote.upgrades$.pipe(map(({ upgrades }): Edit => () => ({ upgrades }))),
    // The last part of the state: a picture without the upgrades would say that none is scheduled.
    remote.proposals$.pipe(map(({ proposals }): Edit => () => ({ proposals, isRead: true }))),
    events$,
    surroundings$.pipe(
      map(
        (around): Edit =>
          (received) =>
            withSurroundings(received, around),
      ),
    ),
    remote.notifications$.pipe(map((one): Edit => ({ events }) => ({ events: joined([one], events) }))),
    opened$.pipe(map((opened): Edit => () => ({ opened }))),
    pasts$(options, opened$, remote).pipe(map((past): Edit => () => ({ past }))),
  )
}

function problemOf(connection: Connection): string | undefined {
  switch (connection.type) {
    case 'open':
      return undefined
    case 'lost':
      return `The connection is lost and is tried again: ${connection.problem}`
    case 'reset':
      return connection.reason
  }
}

/** Emits when events do not continue earlier ones: at the first connection, and after a gap. */
function begins(connection$: Observable<Connection>): Observable<unknown> {
  return merge(
    connection$.pipe(
      filter(({ type }) => type === 'open'),
      take(1),
    ),
    connection$.pipe(filter(({ type }) => type === 'reset')),
  )
}

/** Emits the history of the opened proposal when it is opened and whenever it changes. */
function pasts$(
  options: ConnectOptions,
  opened$: Observable<ProposalKey | undefined>,
  { changes$, proposals$ }: Pick<RemoteMonitor, 'changes$' | 'proposals$'>,
): Observable<Past> {
  return opened$.pipe(
    distinctUntilChanged(),
    switchMap((key) => {
      if (key === undefined) return EMPTY
      const changed$ = changes$.pipe(
        filter((change) => keyOf(change.type === 'voteCast' ? change.vote : change.proposal) === key),
      )
      const proposal$ = proposals$.pipe(
        map(({ proposals }) => proposals.get(key)),
        filter((proposal) => proposal !== undefined),
        take(1),
      )
      return proposal$.pipe(
        switchMap((proposal) =>
          changed$.pipe(
            auditTime(1_000),
            startWith(undefined),
            switchMap(() => pastOf(options, proposal)),
          ),
        ),
      )
    }),
  )
}
