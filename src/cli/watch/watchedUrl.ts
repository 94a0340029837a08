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
import { type Heard, joined, nothing, pictureOf, put, withSurroundings } from './heard.js'
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
      defer(() => {
        const remote = connectMonitor(options)
        const steps$: Observable<(heard: Heard) => Heard> = merge(
          remote.connection$.pipe(
            // After a gap everything is read again, so nothing needs to be shown.
            filter(({ type }) => type !== 'reset'),
            map((now) => (heard: Heard) => ({ ...heard, problem: problemOf(now) })),
          ),
          remote.heads$.pipe(
            map((head) => (heard: Heard) => ({ ...heard, heads: put(heard.heads, head.chain, head) })),
          ),
          remote.health$.pipe(
            map((one) => (heard: Heard) => ({ ...heard, health: put(heard.health, one.chain, one) })),
          ),
          remote.proposals$.pipe(map(({ proposals }) => (heard: Heard) => ({ ...heard, proposals, isRead: true }))),
          remote.upgrades$.pipe(map(({ upgrades }) => (heard: Heard) => ({ ...heard, upgrades }))),
          begins(remote.connection$).pipe(
            switchMap(() =>
              concat(
                of((heard: Heard) => ({ ...heard, events: [] })),
                lastEvents(options).pipe(
                  map((past) => (heard: Heard) => ({ ...heard, events: joined(heard.events, past) })),
                ),
              ),
            ),
          ),
          // A reload that removes a chain only ends the connection, and no event tells it, nor how many notifications
          // wait.
          remote.connection$.pipe(
            filter(({ type }) => type !== 'reset'),
            switchMap(({ type }) => (type === 'open' ? timer(0, surroundingsEveryMs) : EMPTY)),
            exhaustMap(() => surroundingsOf(options)),
            map((around) => (heard: Heard) => withSurroundings(heard, around)),
          ),
          remote.notifications$.pipe(
            map((one) => (heard: Heard) => ({ ...heard, events: joined([one], heard.events) })),
          ),
          opened$.pipe(map((opened) => (heard: Heard) => ({ ...heard, opened }))),
          pasts$(options, opened$, remote).pipe(map((past) => (heard: Heard) => ({ ...heard, past }))),
        )
        return steps$.pipe(
          scan((heard, step) => step(heard), nothing),
          map((heard) => pictureOf(from, heard)),
        )
      }),
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
