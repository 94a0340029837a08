import type { Context, MiddlewareHandler } from 'hono'
import { getCookie } from 'hono/cookie'
import { matchedRoutes } from 'hono/route'
import type { HttpConfig } from '../config/schema.js'
import { type Access, accessOf, isLoopback } from './access.js'
import { isKnownHost, isListenName, readHost } from './hosts.js'
import { answerProblem } from './problem.js'
import { type Role, roleOf, sessionCookie } from './session.js'
import type { ServerContext, ServerEnv } from './ServerContext.js'

/** Probes are answered for every client and every host name, because they reveal nothing about the chains. */
const probes: ReadonlySet<string> = new Set(['/healthz', '/readyz'])
/** Calendar and feed readers send no header, so their token is in the query. */
const feeds: ReadonlySet<string> = new Set(['/calendar.ics', '/feed.atom'])
const reading: ReadonlySet<string> = new Set(['GET', 'HEAD'])

/** Headers that a proxy adds. A request with one of them does not count as coming from this machine. */
const forwarding: ReadonlySet<string> = new Set([
  'forwarded',
  'via',
  'x-real-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'true-client-ip',
  'cf-connecting-ip',
])

interface Guarded extends Pick<ServerContext, 'http'> {
  /** Returns the open port. */
  readonly port: () => number
}

/** Lets requests with a known host name pass; any other may come from a foreign page (DNS rebinding). */
export function knownHosts({ http, port }: Guarded): MiddlewareHandler<ServerEnv> {
  return async (c, next) => {
    if (probes.has(c.req.path)) return next()
    const host = readHost(c.req.header('host'))
    const { localAddress } = c.env.incoming?.socket ?? {}
    if (host !== undefined && isAskedThere(c) && isKnownHost(host, http, { port: port(), localAddress })) return next()
    return answerProblem(
      421,
      'This host name is not known here: add it to http.hosts, or ask by the address of http.listen or http.publicUrl.',
    )
  }
}

/**
 * Returns true if an absolute request target names the same host as the header. It differs if a client wants a proxy.
 */
function isAskedThere(c: Context<ServerEnv>): boolean {
  return new URL(c.req.url).host === new URL(`http://${c.req.header('host')}`).host
}

/** Lets requests pass whose client may read, or write, as the method requires. */
export function allowed({ http, port, now }: Guarded & Pick<ServerContext, 'now'>): MiddlewareHandler<ServerEnv> {
  return async (c, next) => {
    if (isOpen(c.req.path) || !hasRoute(c)) return next()
    const isFeed = feeds.has(c.req.path)
    // A page of another origin needs a token: neither this machine nor the cookie counts for it.
    const isOwn = !isElsewhere(c, http)
    const session = isOwn ? roleOf(getCookie(c, sessionCookie) ?? '', http.tokens, now()) : undefined
    const access = accessOf(
      {
        authorization: c.req.header('authorization'),
        token: isFeed ? c.req.query('token') : undefined,
        session,
        isLocal: isOwn && isLocal(c, http, port()),
      },
      http,
    )
    c.set('access', access)
    if (!reading.has(c.req.method))
      return refuseUnlisted(c, http) ?? (access === 'write' ? next() : refuseWriting(c, { access, session }, http))
    if (access === 'read' || access === 'write' || (isFeed && access === 'feed')) return next()
    // A browser asked for the page, so a person can log in.
    if (c.req.path === '/') return c.redirect('/login', 303)
    return refuse(neededFor(http, isFeed))
  }
}

/** Returns true if no token exists with which the page and the API can be read. */
export function hasNoReader({ tokens }: Pick<HttpConfig, 'tokens'>): boolean {
  return tokens.read === undefined && tokens.write === undefined
}

function neededFor(http: HttpConfig, isFeed: boolean): string {
  if (isFeed) return 'expected a token: `Authorization: Bearer TOKEN`, or the one of http.tokens.feed as ?token='
  return hasNoReader(http)
    ? 'reading needs a token here, and none is configured: set http.tokens.read'
    : 'expected a token: `Authorization: Bearer TOKEN`'
}

/** Returns true for the probes, the login and the files of the page, which are the same for everybody. */
function isOpen(path: string): boolean {
  return probes.has(path) || path === '/login' || path === '/logout' || path.startsWith('/assets/')
}

/**
 * Returns true if a page of another site made a browser send this request. Every browser names the origin of a POST and
 * of a request of a script of another origin, so a request without an origin comes from no such page.
 */
function isElsewhere(c: Context<ServerEnv>, { publicUrl }: HttpConfig): boolean {
  const origin = c.req.header('origin')
  const host = c.req.header('host')
  const own = [`http://${host}`, `https://${host}`, ...(publicUrl === undefined ? [] : [new URL(publicUrl).origin])]
  return origin !== undefined && !own.includes(origin)
}

/** Returns the answer that refuses a request from a page of another site; undefined if it is not one. */
export function refuseElsewhere(c: Context<ServerEnv>, http: HttpConfig): Response | undefined {
  return isElsewhere(c, http) ? answerProblem(403, 'A page of another site sent this: nothing was done.') : undefined
}

/** As {@link refuseElsewhere}, but a page in `http.cors` may write with a token. */
function refuseUnlisted(c: Context<ServerEnv>, http: HttpConfig): Response | undefined {
  return http.cors.includes(c.req.header('origin') ?? '') ? undefined : refuseElsewhere(c, http)
}

/** Returns true if a route exists, so that an unknown path is 404 for everybody. Middleware has the method ALL. */
function hasRoute(c: Context<ServerEnv>): boolean {
  return matchedRoutes(c).some(({ method }) => method !== 'ALL')
}

function refuseWriting(
  c: Context<ServerEnv>,
  { access, session }: { readonly access: Access; readonly session: Role | undefined },
  { tokens }: HttpConfig,
): Response {
  if (tokens.write === undefined) return answerProblem(403, 'Nobody may write here: set http.tokens.write to allow it.')
  const hasToken = c.req.header('authorization') !== undefined || session !== undefined
  if (!hasToken) return refuse('writing needs the token of http.tokens.write: `Authorization: Bearer TOKEN`')
  return access === 'none'
    ? refuse('this token is not one of http.tokens')
    : answerProblem(403, 'This token may read only: writing needs the one of http.tokens.write.')
}

function refuse(detail: string): Response {
  const sentence = `${detail.charAt(0).toUpperCase()}${detail.slice(1)}.`
  return answerProblem(401, sentence, { headers: { 'www-authenticate': 'Bearer realm="govstream"' } })
}

/** Names the author of a change: the role of the token, and the address. */
export function askerOf(c: Context<ServerEnv>): string {
  return `${c.get('access')} token from ${c.env.incoming?.socket.remoteAddress ?? 'nowhere'}`
}

/** Returns true for a request from this machine to a loopback address, under its own name and through no proxy. */
function isLocal(c: Context<ServerEnv>, http: HttpConfig, port: number): boolean {
  const { remoteAddress, localAddress } = c.env.incoming?.socket ?? {}
  const host = readHost(c.req.header('host'))
  return (
    isLoopback(http.listen.host) &&
    remoteAddress !== undefined &&
    isLoopback(remoteAddress) &&
    host !== undefined &&
    isListenName(host, http, { port, localAddress }) &&
    proxiedFor(c) === undefined
  )
}

/** Returns the client that the nearest proxy names, empty if it names none; undefined if there is no proxy. */
export function proxiedFor(c: Context<ServerEnv>): string | undefined {
  const headers = c.req.header()
  if (!Object.keys(headers).some((name) => forwarding.has(name) || name.startsWith('x-forwarded-'))) return undefined
  // Only the last entry comes from the nearest proxy; the client may have written the ones before.
  return (headers['x-forwarded-for'] ?? headers['forwarded'] ?? '').split(',').at(-1)?.trim() ?? ''
}
