import type { Context, MiddlewareHandler } from 'hono'
import { getCookie } from 'hono/cookie'
import { matchedRoutes } from 'hono/route'
import type { HttpConfig } from '../config/schema.js'
import { type Access, accessOf, isLoopback } from './access.js'
import { isKnownHost, isListenName, readHost } from './hosts.js'
import { answerProblem } from './problem.js'
import { type Role, roleOf, sessionCookie } from './session.js'
import type { ServerContext, ServerEnv } from './ServerContext.js'

/** The probes: whoever asks by whatever name is answered, for they tell nothing of the chains. */
const probes: ReadonlySet<string> = new Set(['/healthz', '/readyz'])
/** Programs that show a calendar or a feed send no header: their token stands in the query. */
const feeds: ReadonlySet<string> = new Set(['/calendar.ics', '/feed.atom'])
const reading: ReadonlySet<string> = new Set(['GET', 'HEAD'])

/** What a proxy adds: whoever asks through one is not on this machine. */
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
  /** The port that is open. */
  readonly port: () => number
}

/** Lets through who names a known host; everybody else may have been led here by a page of somebody else. */
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

/** Whether a target that is written as a whole URL names the host that the header does: it is that of a proxy. */
function isAskedThere(c: Context<ServerEnv>): boolean {
  return new URL(c.req.url).host === new URL(`http://${c.req.header('host')}`).host
}

/** Lets through who may do what is asked: read, or write. */
export function allowed({ http, port, now }: Guarded & Pick<ServerContext, 'now'>): MiddlewareHandler<ServerEnv> {
  return async (c, next) => {
    if (isOpen(c.req.path) || !hasRoute(c)) return next()
    const isFeed = feeds.has(c.req.path)
    // A page elsewhere that may ask shows a token: neither this machine nor the cookie speaks for it.
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
    if (!reading.has(c.req.method)) return access === 'write' ? next() : refuseWriting(c, { access, session }, http)
    if (access === 'read' || access === 'write' || (isFeed && access === 'feed')) return next()
    // A person is before it: they can log in.
    if (c.req.path === '/') return c.redirect('/login', 303)
    return refuse(
      isFeed
        ? 'expected a token: `Authorization: Bearer TOKEN`, or the one of http.tokens.feed as ?token='
        : 'expected a token: `Authorization: Bearer TOKEN`',
    )
  }
}

/** The probes, the way in, and the files of the page, which are the same for everybody. */
function isOpen(path: string): boolean {
  return probes.has(path) || path === '/login' || path === '/logout' || path.startsWith('/assets/')
}

/**
 * Whether a page of another site has a browser ask this. Every browser names the origin of what it posts, and of what a
 * script of another origin asks; whoever names none is no such page.
 */
function isElsewhere(c: Context<ServerEnv>, { publicUrl }: HttpConfig): boolean {
  const origin = c.req.header('origin')
  const host = c.req.header('host')
  const own = [`http://${host}`, `https://${host}`, ...(publicUrl === undefined ? [] : [new URL(publicUrl).origin])]
  return origin !== undefined && !own.includes(origin)
}

/** The answer to what a page of another site sent; nothing where none did. */
export function refuseElsewhere(c: Context<ServerEnv>, http: HttpConfig): Response | undefined {
  return isElsewhere(c, http) ? answerProblem(403, 'A page of another site sent this: nothing was done.') : undefined
}

/** What is nowhere is told to everybody. A route is added with its method, what is before routes with all. */
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

/** Who asked for a change: the role of the token, and the address. */
export function askerOf(c: Context<ServerEnv>): string {
  return `${c.get('access')} token from ${c.env.incoming?.socket.remoteAddress ?? 'nowhere'}`
}

/** Whoever asks a loopback address by its own name, from this machine and through nobody else. */
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

/** For whom a proxy asks, as the nearest one says, and in vain where it does not; undefined where there is none. */
export function proxiedFor(c: Context<ServerEnv>): string | undefined {
  const headers = c.req.header()
  if (!Object.keys(headers).some((name) => forwarding.has(name) || name.startsWith('x-forwarded-'))) return undefined
  // What stands before the last was there when the request came to the proxy: anybody may have written it.
  return (headers['x-forwarded-for'] ?? headers['forwarded'] ?? '').split(',').at(-1)?.trim() ?? ''
}
