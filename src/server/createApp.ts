import { OpenAPIHono } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import { compress } from 'hono/compress'
import { cors } from 'hono/cors'
import { etag } from 'hono/etag'
import { HTTPException } from 'hono/http-exception'
import { methodNotAllowed } from 'hono/method-not-allowed'
import type { HttpConfig } from '../config/schema.js'
import { StoreError, reasonOf } from '../domain/errors.js'
import { cleanLine } from '../domain/text/text.js'
import { boundedBody } from './boundedBody.js'
import { allowed, askerOf, knownHosts } from './guard.js'
import { answerProblem } from './problem.js'
import { auditRoutes } from './routes/audit.js'
import { chainRoutes } from './routes/chains.js'
import { loginRoutes } from './routes/login.js'
import { metricsRoutes } from './routes/metrics.js'
import { notificationRoutes } from './routes/notifications.js'
import { eventRoutes } from './routes/events.js'
import { feedRoutes } from './routes/feeds.js'
import { orderRoutes } from './routes/orders.js'
import { pageRoutes } from './routes/page.js'
import { openApiRoute } from './routes/openapi.js'
import { probeRoutes } from './routes/probes.js'
import { proposalRoutes } from './routes/proposals.js'
import { silenceRoutes } from './routes/silences.js'
import { upgradeRoutes } from './routes/upgrades.js'
import type { App, Routes, ServerContext, ServerEnv } from './ServerContext.js'
import { wrongParameter } from './wrongParameter.js'

/** All routes, one subject per file. */
const routes: readonly Routes[] = [
  pageRoutes,
  loginRoutes,
  probeRoutes,
  chainRoutes,
  eventRoutes,
  proposalRoutes,
  upgradeRoutes,
  notificationRoutes,
  auditRoutes,
  silenceRoutes,
  orderRoutes,
  feedRoutes,
  metricsRoutes,
]

/** Paths that clients poll and whose answer is often unchanged. The event stream is not one of them: it never ends. */
const lists = [
  'chains',
  'proposals',
  'proposals/:key',
  'upgrades',
  'notifications',
  'audit',
  'deliveries',
  'silences',
].map((name) => `/api/v1/${name}`)

// Maximum size of a request body, in bytes. A silence is the longest one.
const maxBody = 65_536

export interface AppOptions {
  /** Returns the open port. */
  readonly port: () => number
  /** Maximum time that a client may read nothing of an answer, in milliseconds. */
  readonly idleTimeout: number
}

/** Creates the routes of one running monitor, behind the checks that all of them share. */
export function createApp(context: ServerContext, { port, idleTimeout }: AppOptions): App {
  const { http, log, conceal } = context
  const app: App = new OpenAPIHono<ServerEnv>({
    defaultHook: (result, c) => {
      if (result.success) return undefined
      const { target, error } = result
      const isRepeated = (key: string): boolean => target === 'query' && (c.req.queries(key)?.length ?? 0) > 1
      return answerProblem(400, wrongParameter(target, error.issues, isRepeated))
    },
  })
  app.onError((error, c) => {
    if (error instanceof HTTPException) return error.res ?? answerProblem(error.status, sentenceOn(error))
    if (error instanceof StoreError && error.kind === 'transient') return answerProblem(503, error.message)
    log.error({ path: cleanLine(c.req.path, 200) }, `a request failed: ${conceal(reasonOf(error))}`)
    return answerProblem(500, 'This failed here; the log of govstream says why.')
  })
  app.notFound(() => answerProblem(404, 'There is nothing at this path; /openapi.json lists what there is.'))
  app.use(async (c, next) => {
    await next()
    // The time-out starts only now, because the server itself needed the time before.
    c.env.incoming?.socket.setTimeout(idleTimeout)
  })
  app.use(safeHeaders)
  app.use(knownHosts({ http, port }))
  if (http.cors.length > 0) app.use('/api/v1/*', pagesElsewhere(http))
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: (_, methods) =>
        answerProblem(405, `Expected ${methods.join(' or ')} here.`, {
          headers: { allow: methods.join(', ') },
        }),
    }),
  )
  app.use(allowed({ http, port, now: context.now }))
  app.use(boundedBody(maxBody))
  app.use('/api/v1/*', audited(context))
  // What a browser loads for the page. It is compressed, because it holds no secret that its length could reveal.
  app.on('GET', ['/', '/page.json', '/assets/*'], compress({ encoding: 'gzip' }))
  app.on('GET', [...lists, '/page.json', '/calendar.ics', '/feed.atom'], etag())
  for (const add of routes) add(app, context)
  openApiRoute(app)
  return app
}

/** Records every change over HTTP and its author in the audit trail. */
function audited({ store, now, log, conceal }: ServerContext): MiddlewareHandler<ServerEnv> {
  return async (c, next) => {
    await next()
    if (c.req.method === 'GET' || c.req.method === 'HEAD' || !c.res.ok) return
    const detail = { request: `${c.req.method} ${cleanLine(c.req.path, 300)}`, by: askerOf(c) }
    try {
      store.record({ at: now(), chain: '', kind: 'http', detail })
    } catch (error) {
      // The requested change is done already.
      log.error(detail, `a request over HTTP could not be audited: ${conceal(reasonOf(error))}`)
    }
  }
}

/** Allows pages of these origins to read answers. No cookie is sent along: these pages need a token. */
function pagesElsewhere({ cors: origins }: HttpConfig): MiddlewareHandler<ServerEnv> {
  return cors({
    origin: [...origins],
    allowMethods: ['GET', 'HEAD', 'POST', 'DELETE'],
    allowHeaders: ['authorization', 'content-type', 'if-none-match', 'last-event-id'],
    exposeHeaders: ['etag', 'retry-after'],
    maxAge: 600,
  })
}

/** Headers that protect answers from pages of other origins. A route that needs another value sets its own. */
const safeHeaders: MiddlewareHandler<ServerEnv> = async (c, next) => {
  await next()
  for (const [name, value] of Object.entries(headers)) if (!c.res.headers.has(name)) c.res.headers.set(name, value)
}
const headers = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

function sentenceOn({ status, message }: HTTPException): string {
  if (status === 415) return 'Expected a body of JSON, with `Content-Type: application/json`.'
  return message === '' ? 'This request is not understood.' : message
}
