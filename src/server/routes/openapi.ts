import type { App } from '../ServerContext.js'

/** The description of all routes, made of the schemas by which they check requests: to be added last. */
export function openApiRoute(app: App): void {
  app.get('/openapi.json', (c) =>
    c.json(
      app.getOpenAPI31Document({
        openapi: '3.1.0',
        info: {
          title: 'govstream',
          version: '1',
          description: 'On-chain governance as this govstream sees it, and the upgrades that follow from it.',
        },
        security: [{ token: [] }, {}],
      }),
    ),
  )
  app.openAPIRegistry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' })
}
