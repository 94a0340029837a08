import { createHash } from 'node:crypto'
import { getCookie } from 'hono/cookie'
import { type JsonObject } from '../../domain/text/json.js'
import { pageView } from '../../views/pageView.js'
import { pageContent } from '../pageContent.js'
import { loadPage } from '../pageFiles.js'
import { refusal } from '../problem.js'
import type { Routes } from '../ServerContext.js'

// Nothing but our own files: no inline script or style, no other server, no frame.
export const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

const forEver = 'public, max-age=31536000, immutable'

/** The page for people, what it is made of, and its files. */
export const pageRoutes: Routes = (app, context) => {
  const state = (): JsonObject => pageView(pageContent(context))
  app.get('/', async (c) => {
    const { render } = await loadPage()
    const theme = getCookie(c, 'theme')
    // As the script gets it: what JSON has no number for is null.
    const read: unknown = JSON.parse(JSON.stringify(state()))
    const html = render(read, theme === 'light' || theme === 'dark' ? theme : undefined)
    return c.html(html, 200, { 'content-security-policy': pagePolicy })
  })
  app.get('/page.json', (c) => {
    const { at, ...rest } = state()
    return c.json({ at, ...rest }, 200, { etag: tagOf(rest) })
  })
  app.get('/assets/:file', async (c) => {
    const asset = (await loadPage()).assets.get(c.req.param('file'))
    if (asset === undefined) throw refusal(404, 'No file of the page has this name: load the page again.')
    return c.body(asset.body, 200, { 'content-type': asset.type, 'cache-control': forEver })
  })
}

/** The same as long as nothing but the time is another. */
function tagOf(state: JsonObject): string {
  return `W/"${createHash('sha256').update(JSON.stringify(state)).digest('base64url')}"`
}
