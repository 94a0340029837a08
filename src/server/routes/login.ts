import { isIPv6 } from 'node:net'
import { deleteCookie, setCookie } from 'hono/cookie'
import type { Context } from 'hono'
import { accessOf } from '../access.js'
import { loadPage } from '../pageFiles.js'
import { createGuessLimit, type GuessCount } from '../guessLimit.js'
import { hasNoReader, proxiedFor, refuseElsewhere } from '../guard.js'
import { sessionCookie, sessionFor, sessionSeconds } from '../session.js'
import type { Routes, ServerEnv } from '../ServerContext.js'
import { pagePolicy } from './page.js'

/** Login with a token in a form, in exchange for a cookie that no script can read. Works without JavaScript. */
export const loginRoutes: Routes = (app, { http, now }) => {
  const guesses = createGuessLimit()
  const form = async (c: Context<ServerEnv>, status: 200 | 401 | 429, problem?: string): Promise<Response> => {
    const page = await loadPage()
    return c.html(page.renderLogin(hasNoReader(http) ? noReader : problem), status, {
      'content-security-policy': pagePolicy(page),
      // Without a referrer, a browser sends no origin with a form.
      'referrer-policy': 'same-origin',
    })
  }

  app.get('/login', (c) => form(c, 200))
  app.post('/login', async (c) => {
    const elsewhere = refuseElsewhere(c, http)
    if (elsewhere !== undefined) return elsewhere
    const body = await c.req.text()
    const counts = countsOf(c)
    const wait = Math.ceil(guesses.waitOf(counts, now()) / 1000)
    if (wait > 0) {
      c.header('retry-after', String(wait))
      return form(c, 429, `Too many wrong tokens came from where you are: try again in ${wait} s.`)
    }
    // The format of our form; anything else contains no token.
    const shown = (new URLSearchParams(body).get('token') ?? '').trim()
    const role = accessOf({ authorization: `Bearer ${shown}`, isLocal: false }, http)
    if (role !== 'read' && role !== 'write') {
      guesses.note(counts, now())
      return form(c, 401, 'This is neither the token of http.tokens.read nor that of http.tokens.write.')
    }
    const { publicUrl } = http
    setCookie(c, sessionCookie, sessionFor(role, shown, now()), {
      path: '/',
      httpOnly: true,
      sameSite: 'Strict',
      maxAge: sessionSeconds,
      // Under another name the browser may use plain HTTP, and would drop a secure cookie.
      secure: publicUrl?.startsWith('https:') === true && c.req.header('host') === new URL(publicUrl).host,
    })
    return c.redirect('/', 303)
  })
  app.post('/logout', (c) => {
    const elsewhere = refuseElsewhere(c, http)
    if (elsewhere !== undefined) return elsewhere
    deleteCookie(c, sessionCookie, { path: '/' })
    return c.redirect('/login', 303)
  })
}

const noReader = 'No token is configured that opens the page: set http.tokens.read.'

const ofOne = { atOnce: 10, everyMs: 10_000 }
const ofProxy = { atOnce: 100, everyMs: 1_000 }

/**
 * Returns what a guess is counted for. Clients behind a proxy are counted one by one and never block direct clients.
 * Because any client may claim to be a proxy, everything that comes through one is also counted as a whole.
 */
function countsOf(c: Context<ServerEnv>): readonly GuessCount[] {
  const peer = networkOf(c.env.incoming?.socket.remoteAddress ?? '')
  const client = proxiedFor(c)
  if (client === undefined) return [{ key: peer, ...ofOne }]
  return [
    { key: `${peer} for ${networkOf(client.slice(0, 100))}`, ...ofOne },
    { key: `${peer} for others`, ...ofProxy },
  ]
}

/** Returns the address; for IPv6 its network, because a client owns all addresses of one. */
function networkOf(address: string): string {
  if (!isIPv6(address) || address.includes('.')) return address
  const [head = [], tail = []] = address.split('::').map((part) => part.split(':').filter((group) => group !== ''))
  const zeros = Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => '0')
  const groups = [...head, ...zeros, ...tail].slice(0, 4)
  return groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')
}
