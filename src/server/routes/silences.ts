import { createRoute, z } from '@hono/zod-openapi'
import { parseDuration } from '../../domain/text/duration.js'
import { cleanLine } from '../../domain/text/text.js'
import { matchProblem } from '../../notify/match.js'
import { longestSilence, maxSilenceComment } from '../../notify/silenceLimits.js'
import { silenceView } from '../../views/silenceView.js'
import { askerOf } from '../guard.js'
import { listAnswers, listBody, pageKeys, pageOf, strictQuery } from '../lists.js'
import { refusal } from '../problem.js'
import type { Item } from '../schemaParts.js'
import { problemResponse, silenceSchema } from '../schemas.js'
import type { Routes } from '../ServerContext.js'
import { toldAs } from '../wrongParameter.js'

const durationForm = toldAs('expected a duration of at most 366 days, such as 30m, 2h or 7d')
const bodySchema = z
  .strictObject({
    match: z
      .record(z.string().max(200), z.string().max(1_000))
      .check(({ value, issues }) => {
        const told = (message: string, path: string[] = []) => {
          issues.push({ code: 'custom', message, path, input: value })
        }
        if (Object.keys(value).length === 0) told('expected what it matches, such as { "chain": "main" }')
        for (const [key, wanted] of Object.entries(value)) {
          const problem = wanted === '' ? 'expected a value' : matchProblem(key, wanted)
          if (problem !== undefined) told(problem, [key])
        }
      })
      .openapi({ minProperties: 1 })
      .describe('What it matches: keys and values as of `silence add --match`; all must match.'),
    for: z
      .string()
      .regex(/^\d{1,12}(ms|s|m|h|d)$/, { error: durationForm })
      .describe('How long, such as 2h.'),
    comment: z.string().max(10_000).describe('Why.'),
  })
  .openapi('NewSilence')

/** The silences, in the form of `silence list --json`. */
export const silenceRoutes: Routes = (app, context) => {
  addList(app, context)
  addChanges(app, context)
}

const addList: Routes = (app, { store, now }) => {
  app.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/silences',
      summary: 'The silences that have not ended, oldest first',
      request: { query: strictQuery(pageKeys) },
      responses: listAnswers(silenceSchema, 'As `silence list --json`.'),
    }),
    (c) => {
      const { items, next } = pageOf(store.silences(now()), c.req.valid('query'), ({ id }) => id)
      return c.json(listBody(items.map(silenceView), next), 200)
    },
  )
}

const addChanges: Routes = (app, { store, now }) => {
  app.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/silences',
      summary: 'Holds back matching notifications from now on; they are in the inbox, marked',
      request: { body: { required: true, content: { 'application/json': { schema: bodySchema } } } },
      responses: {
        201: {
          description: 'The silence, as `silence add --json`.',
          content: { 'application/json': { schema: silenceSchema } },
        },
        400: problemResponse('A field is invalid.'),
      },
    }),
    (c) => {
      const { match, for: span, comment: said } = c.req.valid('json')
      const ms = parseDuration(span) ?? 0
      if (ms === 0 || ms > longestSilence) throw refusal(400, `for: ${durationForm}`)
      const comment = cleanLine(said, maxSilenceComment)
      if (comment === '') throw refusal(400, 'comment: expected why, in a few words')
      const at = now()
      const item: Item = silenceView(store.addSilence({ match, comment, until: at + ms, by: askerOf(c) }, at))
      return c.json(item, 201)
    },
  )
  app.openapi(
    createRoute({
      method: 'delete',
      path: '/api/v1/silences/{id}',
      summary: 'Ends a silence now',
      request: { params: z.object({ id: z.string().max(100) }) },
      responses: {
        200: {
          description: 'The silence as it was, as `silence remove ID --json`.',
          content: { 'application/json': { schema: silenceSchema } },
        },
        404: problemResponse('No silence has this id.'),
      },
    }),
    (c) => {
      const silence = store.endSilence(c.req.valid('param').id, now(), askerOf(c))
      if (silence === undefined) throw refusal(404, 'No silence has this id: /api/v1/silences lists them.')
      const item: Item = silenceView(silence)
      return c.json(item, 200)
    },
  )
}
