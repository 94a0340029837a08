import { createRoute } from '@hono/zod-openapi'
import { statusView } from '../../views/statusView.js'
import { chainsIn, namedChains } from '../chainsOf.js'
import { listAnswers, listBody, pageKeys, pageOf, strictQuery } from '../lists.js'
import { chainSchema } from '../chainSchemas.js'
import type { Routes } from '../ServerContext.js'

/** The state of each configured chain, in the form of `status --json`. */
export const chainRoutes: Routes = (app, context) => {
  app.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/chains',
      summary: 'The chains and how each is doing, as `status --json`',
      request: { query: strictQuery(pageKeys) },
      responses: listAnswers(chainSchema, 'The chains, in the order of the configuration.'),
    }),
    (c) => {
      const all = namedChains(context.config())
      const page = pageOf(all, c.req.valid('query'), ({ chain }) => chain)
      return c.json(listBody(chainsIn(context, all, page.items).map(statusView), page.next), 200)
    },
  )
}
