import { problemType } from '../problem.js'
import type { App } from '../ServerContext.js'

/** Adds the description of all routes, generated from the schemas that check requests. Must be added last. */
export function openApiRoute(app: App): void {
  app.get('/openapi.json', (c) => {
    const document = app.getOpenAPI31Document({
      openapi: '3.1.0',
      info: {
        title: 'govstream',
        version: '1',
        description: 'On-chain governance as this govstream sees it, and the upgrades that follow from it.',
      },
      security: [{ token: [] }, {}],
    })
    return c.json({ ...document, paths: withCommonAnswers(document.paths) })
  })
  app.openAPIRegistry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' })
}

type Document = ReturnType<App['getOpenAPI31Document']>
type Paths = NonNullable<Document['paths']>

/** Answers that may come before a route, or instead of it. */
const everywhere = {
  400: 'The request is not understood.',
  408: 'The request came too slowly.',
  431: 'Its header is beyond 16 KiB.',
  500: 'The server failed; see its log.',
}
const beyondProbes = {
  401: 'A token is needed.',
  421: 'The host name is not known here.',
  503: 'The state is locked, or its disk is full; try again later.',
}
const ofWriting = {
  403: 'The token may only read, none for writing is configured, or a page of another site sent this.',
  413: 'The body is beyond 64 KiB.',
  415: 'The content type of the body is not JSON.',
}

/** Returns true for lists and feeds, which have an `ETag`. Metrics and event streams never repeat. */
function mayBeUnchanged(path: string): boolean {
  return /^\/(?:api\/v1\/(?!events$)|calendar\.ics|feed\.atom)/.test(path)
}

function withCommonAnswers(paths: Paths = {}): Paths {
  const described = (path: string, isWriting: boolean) =>
    Object.fromEntries(
      Object.entries({
        ...everywhere,
        ...(!/^\/(?:healthz|readyz)$/.test(path) && beyondProbes),
        ...(isWriting && ofWriting),
      }).map(([status, description]) => [
        status,
        { description, content: { [problemType]: { schema: { $ref: '#/components/schemas/Problem' } } } },
      ]),
    )
  const unchanged = { 304: { description: 'Unchanged since the `ETag` of `If-None-Match`.' } }
  return Object.fromEntries(
    Object.entries(paths).map(([path, item]) => {
      const methods = (['get', 'post', 'delete'] as const).flatMap((method) => {
        const operation = item[method]
        if (operation === undefined) return []
        const responses = {
          ...described(path, method !== 'get'),
          ...(method === 'get' && mayBeUnchanged(path) && unchanged),
          ...operation.responses,
        }
        return [[method, { ...operation, responses }] as const]
      })
      return [path, { ...item, ...Object.fromEntries(methods) }]
    }),
  )
}
