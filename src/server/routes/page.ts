import { createHash } from 'node:crypto'
import { getCookie } from 'hono/cookie'
import { type JsonObject } from '../../domain/text/json.js'
import { pageView } from '../../views/pageView.js'
import { pageContent } from '../pageContent.js'
import { loadPage, type PageFiles } from '../pageFiles.js'
import { refusal } from '../problem.js'
import type { Routes } from '../ServerContext.js'

/** Nothing but our own files and our one style, to the letter: no inline script, no other server, no frame. */
export function pagePolicy({ styleHash }: Pick<PageFiles, 'styleHash'>): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src '${styleHash}'`,
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')
}

const forEver = 'public, max-age=31536000, immutable'

/** The page for people, what it is made of, and its files. */
export const pageRoutes: Routes = (app, context) => {
  const state = (): JsonObject => pageView(pageContent(context))
  app.get('/', async (c) => {
    const page = await loadPage()
    const theme = getCookie(c, 'theme')
    // As the script gets it: what JSON has no number for is null.
    const read: unknown = JSON.parse(JSON.stringify(state()))
    const html = page.render(read, theme === 'light' || theme === 'dark' ? theme : undefined)
    return c.html(html, 200, { 'content-security-policy': pagePolicy(page) })
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
