import { createRoute } from '@hono/zod-openapi'
import { auditView } from '../../views/auditView.js'
import { chainKey, chainsAsked } from '../chainsOf.js'
import { listAnswers, listBody, pageKeys, strictQuery } from '../lists.js'
import { refusal } from '../problem.js'
import { auditSchema } from '../schemas.js'
import type { Routes } from '../ServerContext.js'

/** The audit trail, in the form of `audit --json`. */
export const auditRoutes: Routes = (app, context) => {
  app.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/audit',
      summary: 'What was done and why, newest first',
      request: { query: strictQuery({ ...pageKeys, chain: chainKey }) },
      responses: listAnswers(auditSchema, 'As `audit --json`.'),
    }),
    (c) => {
      const { chain, limit, after } = c.req.valid('query')
      chainsAsked(context, chain)
      const before = after === undefined ? undefined : Number(after)
      if (after !== undefined && !(/^[1-9]\d*$/.test(after) && Number.isSafeInteger(before)))
        throw refusal(400, 'after: expected the `next` of a page of this list')
      const found = context.store.audit({
        limit: limit + 1,
        ...(chain !== undefined && { chain }),
        ...(before !== undefined && { before }),
      })
      const page = found.slice(0, limit)
      const last = page.at(-1)
      return c.json(
        listBody(page.map(auditView), last !== undefined && found.length > limit ? String(last.seq) : null),
        200,
      )
    },
  )
}
