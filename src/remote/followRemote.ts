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
  type SchedulerLike,
  share,
  tap,
  throwError,
  timeout,
  timer,
} from 'rxjs'
import { ConfigError, RemoteError } from '../domain/errors.js'
import { defined } from '../domain/defined.js'
import type { LiveEvent } from '../domain/journal/liveEvent.js'
import { redactor } from '../domain/secrets/redactor.js'
import { cleanLine } from '../domain/text/text.js'
import { liveEventOf } from '../views/live/liveEvent.js'
import { LostError, openStream } from './openStream.js'
import type { StreamBlock } from './parseEventStream.js'
import type { Connection, ConnectOptions } from './RemoteMonitor.js'
import { type HeldRemoteState, holdRemoteState } from './holdRemoteState.js'
import type { RemoteState } from './stepRemote.js'

/** One event or one change of the connection, with the state after it, once that is known. */
export interface Update {
  readonly state?: RemoteState
  readonly event?: LiveEvent
  readonly connection?: Connection
}

/** One connection that all subscribers share. */
export interface RemoteFollow {
  readonly update$: Observable<Update>
  /** What a late subscriber needs first. */
  readonly latest: () => Pick<Update, 'state' | 'connection'>
  readonly lastEventId: () => string | undefined
}

// Maximum silence of the server, in milliseconds: three heartbeats.
const silentAfter = 45_000
const firstRetry = 500
const lastRetry = 30_000
// A connection that ends sooner counts as one more failure, even if it began well.
const steadyAfter = 10_000

/**
 * Follows a remote govstream. Each connection resumes after the last event of the one before.
 *
 * @throws ConfigError if `url` is invalid, or `token` or `lastEventId` cannot be sent in a header.
 */
export function followRemote({
  url,
  token: given,
  lastEventId,
  fetch = (to, init) => globalThis.fetch(to, init),
  scheduler = asyncScheduler,
  random = Math.random,
}: ConnectOptions): RemoteFollow {
  const base = baseOf(url)
  const token = inHeader('token', given)
  const conceal = redactor({ urls: [url], secrets: token === undefined ? [] : [token] })
  let latest: Pick<Update, 'state' | 'connection'> = {}
  let isFirst = true
  const place = createPlace(inHeader('lastEventId', lastEventId))

  const update$ = defer(() => {
    const held = holdRemoteState(base)
    const waits = createWaits(scheduler, random)
    if (!isFirst) place.forget()
    isFirst = false
    const receive = receiver({ base, held, place, conceal, onComplete: waits.beganWell })

    function open(): Update {
      held.open()
      return { ...defined({ state: held.state() }), connection: { type: 'open' } }
    }
    function afterLoss(cause: unknown): Observable<Update> {
      if (!(cause instanceof LostError)) return throwError(() => cause)
      const connection: Connection = { type: 'lost', problem: cause.message, retryInMs: waits.next() }
      return of({ ...defined({ state: held.state() }), connection })
    }
    return defer(() => openStream({ base, token, lastEventId: place.last(), fetch, conceal })).pipe(
      timeout({ each: silentAfter, with: () => silent$(base), scheduler }),
      concatMap((blocks, index) => (index === 0 ? of(open()) : from(blocks).pipe(map(receive)))),
      catchError(afterLoss),
      repeat({ delay: () => timer(retryOf(latest.connection), scheduler) }),
    )
  }).pipe(
    tap((update) => {
      latest = latestAfter(latest, update)
    }),
    finalize(() => {
      latest = {}
    }),
    share(),
  )
  return { update$, latest: () => latest, lastEventId: place.last }
}

interface ReceiverOptions {
  readonly base: URL
  readonly held: HeldRemoteState
  readonly place: Place
  readonly conceal: (text: string) => string
  /** Called when the whole current state was received. */
  readonly onComplete: () => void
}

/**
 * Returns the handler of stream blocks. It throws a `RemoteError` if a block is not understood or the state is too
 * large.
 */
function receiver({ base, held, place, conceal, onComplete }: ReceiverOptions): (block: StreamBlock) => Update {
  return ({ event: type, id, data }) => {
    const event = data === undefined ? undefined : eventOf(base, type, data)
    if (data === undefined) {
      held.complete()
      onComplete()
    } else if (event?.type === 'reset') place.forget()
    // Events of a server that repeats itself, or steps back without a reset, are not emitted twice.
    else if (place.isBehind(id)) return defined({ state: held.state() })
    if (event !== undefined) held.take(event, data?.length ?? 0)
    place.moveTo(id)
    return {
      ...defined({ state: held.state(), event }),
      ...(event?.type === 'reset' && {
        connection: { type: 'reset', reason: conceal(cleanLine(event.reason, 1_000)) },
      }),
    }
  }
}

function silent$({ origin }: URL): Observable<never> {
  return throwError(() => new LostError(`${origin} has gone silent.`))
}

function latestAfter(
  latest: Pick<Update, 'connection'>,
  { state, connection }: Update,
): Pick<Update, 'state' | 'connection'> {
  const now = connection === undefined || connection.type === 'reset' ? latest.connection : connection
  return defined({ state, connection: now })
}

const placeForm = /^\d{1,16}$/

/** The id of the last event received; a new connection resumes after it. */
interface Place {
  readonly last: () => string | undefined
  /** Returns true if an event with this id was already received. */
  readonly isBehind: (id: string | undefined) => boolean
  /** Sets the id to resume from. An id that is no journal position is ignored. */
  readonly moveTo: (id: string | undefined) => void
  readonly forget: () => void
}

function createPlace(first: string | undefined): Place {
  let last = first
  return {
    last: () => last,
    isBehind: (id) =>
      id !== undefined &&
      last !== undefined &&
      placeForm.test(id) &&
      placeForm.test(last) &&
      Number(id) <= Number(last),
    moveTo: (id) => {
      if (id !== undefined && placeForm.test(id)) last = id
    },
    forget: () => {
      last = undefined
    },
  }
}

/** Computes the wait before each connection. */
function createWaits(
  scheduler: SchedulerLike,
  random: () => number,
): { readonly beganWell: () => void; readonly next: () => number } {
  let failures = 0
  let steadyAt = Infinity
  return {
    beganWell: () => {
      steadyAt = Math.min(steadyAt, scheduler.now() + steadyAfter)
    },
    next: () => {
      if (scheduler.now() >= steadyAt) failures = 0
      steadyAt = Infinity
      failures += 1
      return Math.round(Math.min(lastRetry, firstRetry * 2 ** (failures - 1)) * (0.5 + random() / 2))
    },
  }
}

function retryOf(connection: Connection | undefined): number {
  return connection?.type === 'lost' ? connection.retryInMs : firstRetry
}

function eventOf({ origin }: URL, type: string, data: string): LiveEvent | undefined {
  try {
    return liveEventOf(type, JSON.parse(data))
  } catch (cause) {
    throw new RemoteError(
      `${origin} sent a "${type}" that this version does not understand: use the same version on both sides.`,
      undefined,
      // The message of a SyntaxError would quote a piece of the input.
      cause instanceof SyntaxError ? {} : { cause },
    )
  }
}

const headerForm = /^[\x21-\x7e]{1,1000}$/

/** Returns a value that a header can hold. An empty value counts as absent, such as a variable that nobody set. */
function inHeader(path: string, value = ''): string | undefined {
  if (value === '') return undefined
  if (headerForm.test(value)) return value
  const message = 'expected at most 1,000 letters, digits and signs of ASCII, without spaces'
  throw new ConfigError([{ path, message }])
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
