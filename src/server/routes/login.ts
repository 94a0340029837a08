import { deleteCookie, setCookie } from 'hono/cookie'
import type { Context } from 'hono'
import { accessOf } from '../access.js'
import { loadPage } from '../pageFiles.js'
import { refuseElsewhere } from '../guard.js'
import { sessionCookie, sessionFor, sessionSeconds } from '../session.js'
import type { Routes, ServerEnv } from '../ServerContext.js'
import { pagePolicy } from './page.js'

/** How a person shows a token: once, in a form, for a cookie that no script can read. Works without a script. */
export const loginRoutes: Routes = (app, { http, now }) => {
  const form = async (c: Context<ServerEnv>, status: 200 | 401, problem?: string): Promise<Response> =>
    c.html((await loadPage()).renderLogin(problem), status, {
      'content-security-policy': pagePolicy,
      // Without a referrer a browser names no origin of a form.
      'referrer-policy': 'same-origin',
    })

  app.get('/login', (c) => form(c, 200))
  app.post('/login', async (c) => {
    const elsewhere = refuseElsewhere(c, http)
    if (elsewhere !== undefined) return elsewhere
    // What our form sends; whatever else comes holds no token.
    const shown = (new URLSearchParams(await c.req.text()).get('token') ?? '').trim()
    const role = accessOf({ authorization: `Bearer ${shown}`, isLocal: false }, http)
    if (role !== 'read' && role !== 'write')
      return form(c, 401, 'This is neither the token of http.tokens.read nor that of http.tokens.write.')
    const { publicUrl } = http
    setCookie(c, sessionCookie, sessionFor(role, shown, now()), {
      path: '/',
      httpOnly: true,
      sameSite: 'Strict',
      maxAge: sessionSeconds,
      // Asked by another name, a browser may have come without TLS, and would throw the cookie away.
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
