import { getRequestListener } from '@hono/node-server'
import { createServer, type Server } from 'node:http'
import { isIPv6 } from 'node:net'
import {
  asyncScheduler,
  defer,
  finalize,
  fromEvent,
  ignoreElements,
  merge,
  mergeMap,
  type Observable,
  type SchedulerLike,
  takeUntil,
  tap,
  throttleTime,
  throwError,
} from 'rxjs'
import type { LogWriter } from '../channels/Channel.js'
import type { HttpConfig } from '../config/schema.js'
import { ListenError } from '../domain/errors.js'
import { createApp } from './createApp.js'
import { answerFailure, refuseUnparsed } from './rawAnswers.js'
import { limitConnections } from './limitConnections.js'
import { createLiveFeed, type LiveSource } from './live/createLiveFeed.js'
import type { ServerContext } from './ServerContext.js'

export interface ServeOptions extends Omit<ServerContext, 'live'>, Pick<LiveSource, 'writability$'> {
  /** When it emits, no new request is accepted; those in progress are answered. */
  readonly stop$: Observable<unknown>
  /** @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike
  /**
   * @defaultValue 10 s for the headers, 20 s for a request, 30 s for the next piece of an answer, 5 s for the next
   *   request of a connection
   */
  readonly limits?: Partial<Limits>
}

/** Limits of a client. Times are in milliseconds. */
interface Limits {
  /** Time limits of the headers of a request, and of the whole request. */
  readonly headersTimeout: number
  readonly requestTimeout: number
  /** Maximum time in which a client reads nothing of an answer. */
  readonly idleTimeout: number
  /** Interval of the checks for late clients. */
  readonly checkEvery: number
  /** Time limit of the next request of a connection. */
  readonly keepAliveTimeout: number
  /** Maximum number of connections at a time. */
  readonly maxConnections: number
}

const usual: Limits = {
  headersTimeout: 10_000,
  requestTimeout: 20_000,
  idleTimeout: 30_000,
  checkEvery: 1_000,
  keepAliveTimeout: 5_000,
  maxConnections: 2_000,
}
// Maximum size of the headers, in bytes.
const maxHeaderSize = 16_384
// Minimum time between two warnings about closed connections, in milliseconds.
const crowdedEvery = 60_000

/**
 * Serves HTTP while it is subscribed; completes once everything that was in progress at the stop is answered. Errors
 * with a `ListenError` if it cannot listen.
 */
export function serve({ stop$, scheduler = asyncScheduler, limits = {}, ...options }: ServeOptions): Observable<never> {
  return defer(() => {
    const { http, log } = options
    const { headersTimeout, requestTimeout, idleTimeout, keepAliveTimeout, maxConnections } = { ...usual, ...limits }
    const { checkEvery: connectionsCheckingInterval } = { ...usual, ...limits }
    const port = (): number => portOf(server) ?? http.listen.port
    const live = createLiveFeed({ ...options, scheduler })
    const app = createApp({ ...options, live }, { port, idleTimeout })
    const answer = getRequestListener((request, env) => app.fetch(request, env), {
      overrideGlobalObjects: false,
      // HTTP/1.0 allows requests without a host. The probes answer them; all other checks see that the header is
      // missing.
      hostname: 'localhost',
      errorHandler: answerFailure,
    })
    const server = createServer(
      { headersTimeout, requestTimeout, keepAliveTimeout, maxHeaderSize, connectionsCheckingInterval },
      (incoming, outgoing) => void answer(incoming, outgoing),
    )
    server.on('clientError', (error, socket) => refuseUnparsed(error, socket, connectionsCheckingInterval))
    server.on('listening', () => logListening(log, http, port()))
    server.listen(http.listen.port, http.listen.host)
    return merge(
      live.follow$,
      fromEvent(server, 'error').pipe(mergeMap((cause) => throwError(() => listenError(http, cause)))),
      // A client whose connection is closed gets no answer, because it sent no whole request.
      limitConnections(server, maxConnections, stop$).pipe(
        throttleTime(crowdedEvery, scheduler),
        tap(() => log.warn({}, crowdedText(maxConnections))),
        ignoreElements(),
      ),
    ).pipe(
      takeUntil(fromEvent(server, 'close')),
      finalize(() => {
        server.close()
        server.closeAllConnections()
      }),
    )
  })
}

function crowdedText(most: number): string {
  return `http closes connections: ${most} ${most === 1 ? 'is' : 'are'} open, and more come. Idle ones are closed first, the oldest before the others. Check who opens them.`
}

// Minimum length of a token that cannot be guessed.
const safeLength = 16

function logListening(log: LogWriter, { listen: { host }, tokens }: HttpConfig, port: number): void {
  for (const [name, token] of Object.entries(tokens))
    if (token.length < safeLength)
      log.warn({}, `http.tokens.${name} is short: take one of ${safeLength} characters or more that nobody can guess`)
  log.info({ url: urlOf(host, port) }, 'http listens')
}

function portOf(server: Server): number | undefined {
  const address = server.address()
  return address === null || typeof address === 'string' ? undefined : address.port
}

function urlOf(host: string, port: number): string {
  return `http://${isIPv6(host) ? `[${host}]` : host}:${port}`
}

const causes: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there: stop it, or set http.listen',
  EACCES: 'the system does not allow this port: set another one in http.listen',
  EADDRNOTAVAIL: 'this machine has no such address: set http.listen',
  ENOTFOUND: 'this name has no address: set http.listen',
}

function listenError({ listen: { host, port } }: HttpConfig, cause: unknown): ListenError {
  const code = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : ''
  const reason = causes[code] ?? (cause instanceof Error ? cause.message : String(cause))
  return new ListenError(`http cannot listen on ${urlOf(host, port).slice('http://'.length)}: ${reason}.`, { cause })
}
