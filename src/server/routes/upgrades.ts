import { createRoute } from '@hono/zod-openapi'
import { queueOf } from '../../domain/upgrades/queueOf.js'
import { upgradeView } from '../../views/upgradeView.js'
import { chainKey, chainsAsked, briefsOf } from '../chainsOf.js'
import { listAnswers, listBody, pageKeys, pageOf, strictQuery } from '../lists.js'
import { upgradeSchema } from '../schemas.js'
import type { Routes } from '../ServerContext.js'

/** The upgrades, in the form of `upgrades --json`. */
export const upgradeRoutes: Routes = (app, context) => {
  app.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/upgrades',
      summary: 'What is in the vote, the queue in height order, then the finished ones',
      request: { query: strictQuery({ ...pageKeys, chain: chainKey }) },
      responses: listAnswers(upgradeSchema, 'As `upgrades --json`.'),
    }),
    (c) => {
      const { chain, ...asked } = c.req.valid('query')
      const outlines = briefsOf(context, chainsAsked(context, chain))
      const paces = new Map(outlines.map((outline) => [outline.chain, outline]))
      // The list is bounded, because finished upgrades are forgotten by age and count.
      const { upgrades } = queueOf(outlines.flatMap((outline) => [...outline.upgrades.values()]))
      const { items, next } = pageOf(upgrades, asked, ({ key }) => key)
      return c.json(
        listBody(
          items.map((upgrade) => upgradeView(upgrade, paces.get(upgrade.chain))),
          next,
        ),
        200,
      )
    },
  )
}
