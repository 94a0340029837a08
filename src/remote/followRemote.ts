import {
  asyncScheduler,
  catchError,
  concatMap,
  defer,
  finalize,
  from,
  map,
  type Observable,
  of,
  repeat,
  share,
  tap,
  throwError,
  timeout,
  timer,
} from 'rxjs'
import { ConfigError, RemoteError } from '../domain/errors.js'
import { defined } from '../domain/defined.js'
import type { LiveEvent } from '../domain/journal/liveEvent.js'
import { liveEventOf } from '../views/live/liveEvent.js'
import { LostError, openStream } from './openStream.js'
import type { StreamBlock } from './parseEventStream.js'
import type { Connection, ConnectOptions } from './RemoteMonitor.js'
import { completed, opened, type RemoteState, type Standing, stepRemote } from './stepRemote.js'

/** One thing that came or happened to the connection, and how all stands after it, once that is known. */
export interface Update {
  readonly state?: RemoteState
  readonly event?: LiveEvent
  readonly connection?: Connection
}

/** One connection for all who are subscribed. */
export interface RemoteFollow {
  readonly update$: Observable<Update>
  /** What who comes late has to know. */
  readonly latest: () => Pick<Update, 'state' | 'connection'>
  readonly lastEventId: () => string | undefined
}

// Three heartbeats of the server, in milliseconds.
const silentAfter = 45_000
const firstRetry = 500
const lastRetry = 30_000

/**
 * Follows a govstream elsewhere, connection after connection, each going on behind the last event of the one before.
 *
 * @throws ConfigError where `url` is none.
 */
export function followRemote({
  url,
  token,
  lastEventId,
  fetch = (to, init) => globalThis.fetch(to, init),
  scheduler = asyncScheduler,
  random = Math.random,
}: ConnectOptions): RemoteFollow {
  const base = baseOf(url)
  let latest: Pick<Update, 'state' | 'connection'> = {}
  let [last, isFirst] = [lastEventId, true]

  const update$ = defer(() => {
    let standing: Standing = {}
    let failures = 0
    if (!isFirst) last = undefined
    isFirst = false

    function receive({ event: type, id, data }: StreamBlock): Update {
      const event = data === undefined ? undefined : eventOf(base, type, data)
      if (data === undefined) {
        standing = completed(standing)
        failures = 0
      } else if (event?.type === 'reset') last = undefined
      // A server that repeats itself, or steps back without a word, is not told of twice.
      else if (id !== undefined && isBehind(id, last)) return defined({ state: standing.state })
      if (event !== undefined) standing = stepRemote(standing, event)
      last = placeAfter(last, id)
      return {
        ...defined({ state: standing.state, event }),
        ...(event?.type === 'reset' && { connection: { type: 'reset', reason: event.reason } }),
      }
    }
    function open(): Update {
      standing = opened(standing)
      return { ...defined({ state: standing.state }), connection: { type: 'open' } }
    }
    function lose(cause: unknown): Observable<Update> {
      if (!(cause instanceof LostError)) return throwError(() => cause)
      const retryInMs = Math.round(Math.min(lastRetry, firstRetry * 2 ** failures) * (0.5 + random() / 2))
      failures += 1
      const connection: Connection = { type: 'lost', problem: cause.message, retryInMs }
      return of({ ...defined({ state: standing.state }), connection })
    }
    const silent$ = (): Observable<never> => throwError(() => new LostError(`${base.origin} has gone silent.`))

    return defer(() => openStream({ base, token, lastEventId: last, fetch })).pipe(
      timeout({ each: silentAfter, with: silent$, scheduler }),
      concatMap((blocks, index) => (index === 0 ? of(open()) : from(blocks).pipe(map(receive)))),
      catchError(lose),
      repeat({ delay: () => timer(retryOf(latest.connection), scheduler) }),
    )
  }).pipe(
    tap(({ state, connection }) => {
      const now = connection === undefined || connection.type === 'reset' ? latest.connection : connection
      latest = defined({ state, connection: now })
    }),
    finalize(() => {
      latest = {}
    }),
    share(),
  )
  return { update$, latest: () => latest, lastEventId: () => last }
}

const place = /^\d{1,16}$/

function isBehind(id: string, last: string | undefined): boolean {
  return last !== undefined && place.test(id) && place.test(last) && Number(id) <= Number(last)
}

/** What is no place in a journal is nothing to go on from. */
function placeAfter(last: string | undefined, id: string | undefined): string | undefined {
  return id !== undefined && place.test(id) ? id : last
}

function retryOf(connection: Connection | undefined): number {
  return connection?.type === 'lost' ? connection.retryInMs : firstRetry
}

function eventOf({ origin }: URL, type: string, data: string): LiveEvent | undefined {
  try {
    return liveEventOf(type, JSON.parse(data))
  } catch (cause) {
    throw new RemoteError(
      `${origin} told of a "${type}" that this version does not understand: have both sides of one version.`,
      undefined,
      { cause },
    )
  }
}

function baseOf(url: string): URL {
  const problem = 'expected an http:// or https:// URL, such as https://gov.example'
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new ConfigError([{ path: 'url', message: problem }])
  const base = new URL(url)
  base.search = ''
  base.hash = ''
  if (!base.pathname.endsWith('/')) base.pathname += '/'
  return base
}
