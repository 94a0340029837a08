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

/** All that is served, a subject a file. */
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

/** What is asked again and again, and is often the same. A stream of events is not among them: it never ends. */
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

// Of what is sent here, a silence is the longest.
const maxBody = 65_536

export interface AppOptions {
  /** The port that is open. */
  readonly port: () => number
  /** How long a client may take nothing of an answer, in milliseconds. */
  readonly idleTimeout: number
}

/** The routes over one running monitor, behind what holds for all of them. */
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
    if (error instanceof HTTPException) return error.res ?? answerProblem(error.status, sentence(error.message))
    if (error instanceof StoreError && error.kind === 'transient') return answerProblem(503, error.message)
    log.error({ path: cleanLine(c.req.path, 200) }, `a request failed: ${conceal(reasonOf(error))}`)
    return answerProblem(500, 'This failed here; the log of govstream says why.')
  })
  app.notFound(() => answerProblem(404, 'There is nothing at this path; /openapi.json lists what there is.'))
  app.use(async (c, next) => {
    await next()
    // Until then it is us who take our time.
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
  // What a browser loads of the page. None of it holds a secret whose length could tell something.
  app.on('GET', ['/', '/page.json', '/assets/*'], compress({ encoding: 'gzip' }))
  app.on('GET', [...lists, '/page.json', '/calendar.ics', '/feed.atom'], etag())
  for (const add of routes) add(app, context)
  openApiRoute(app)
  return app
}

/** Writes down what was changed over HTTP, and by whom. */
function audited({ store, now, log, conceal }: ServerContext): MiddlewareHandler<ServerEnv> {
  return async (c, next) => {
    await next()
    if (c.req.method === 'GET' || c.req.method === 'HEAD' || !c.res.ok) return
    const detail = { request: `${c.req.method} ${cleanLine(c.req.path, 300)}`, by: askerOf(c) }
    try {
      store.record({ at: now(), chain: '', kind: 'http', detail })
    } catch (error) {
      // What was asked for is done.
      log.error(detail, `a request over HTTP could not be audited: ${conceal(reasonOf(error))}`)
    }
  }
}

/** Lets browsers give an answer to pages of these origins. No cookie goes along: they show a token. */
function pagesElsewhere({ cors: origins }: HttpConfig): MiddlewareHandler<ServerEnv> {
  return cors({
    origin: [...origins],
    allowMethods: ['GET', 'HEAD', 'POST', 'DELETE'],
    allowHeaders: ['authorization', 'content-type', 'if-none-match', 'last-event-id'],
    exposeHeaders: ['etag', 'retry-after'],
    maxAge: 600,
  })
}

/** What no page elsewhere is to make of an answer. A route that needs another value sets its own. */
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

function sentence(text: string): string {
  return text === '' ? 'This request is not understood.' : text
}
