import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { getCookie } from 'hono/cookie'
import { type JsonObject } from '../../domain/text/json.js'
import { pageView } from '../../views/pageView.js'
import { pageContent } from '../pageContent.js'
import { loadPage, type PageFiles } from '../pageFiles.js'
import { refusal } from '../problem.js'
import type { Routes } from '../ServerContext.js'

/** Allows only our own files and our one style, by its hash: no inline script, no other server, no frame. */
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

/** The page for people, its content as JSON, and its files. */
export const pageRoutes: Routes = (app, context) => {
  const state = async (): Promise<JsonObject> => pageView(await pageContent(context))
  app.get('/', async (c) => {
    const page = await loadPage()
    const theme = getCookie(c, 'theme')
    // The same value as the script gets: numbers that JSON does not have are null.
    const read: unknown = JSON.parse(JSON.stringify(await state()))
    await setImmediate()
    const html = page.render(read, theme === 'light' || theme === 'dark' ? theme : undefined)
    return c.html(html, 200, { 'content-security-policy': pagePolicy(page) })
  })
  app.get('/page.json', async (c) => {
    const { at, ...rest } = await state()
    return c.json({ at, ...rest }, 200, { etag: tagOf(rest) })
  })
  app.get('/assets/:file', async (c) => {
    const asset = (await loadPage()).assets.get(c.req.param('file'))
    if (asset === undefined) throw refusal(404, 'No file of the page has this name: load the page again.')
    return c.body(asset.body, 200, { 'content-type': asset.type, 'cache-control': forEver })
  })
}

/** Returns an ETag that ignores the time of the answer. */
function tagOf(state: JsonObject): string {
  return `W/"${createHash('sha256').update(JSON.stringify(state)).digest('base64url')}"`
}
