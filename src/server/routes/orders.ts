import { createRoute, z } from '@hono/zod-openapi'
import { ConfigError } from '../../domain/errors.js'
import { syncView } from '../../views/syncView.js'
import { refusal } from '../problem.js'
import { syncedSchema } from '../chainSchemas.js'
import type { Item } from '../schemaParts.js'
import { differenceSchema, problemResponse } from '../schemas.js'
import type { Routes } from '../ServerContext.js'

/** Commands for the running process. */
export const orderRoutes: Routes = (app, { sync, reload, conceal }) => {
  app.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/sync',
      summary: 'Polls every chain now, and answers once all of it is committed',
      responses: {
        200: {
          description: 'Every chain was read, as `sync --json`.',
          content: { 'application/json': { schema: z.array(syncedSchema) } },
        },
        503: problemResponse('A chain was not read; `chains` holds what came of each, as `sync --json`.'),
      },
    }),
    async (c) => {
      const synced = await sync()
      const failed = synced.filter(({ problem }) => problem !== undefined)
      const items: Item[] = synced.map(syncView)
      if (failed.length === 0) return c.json(items, 200)
      const names = failed.map(({ chain }) => chain).join(', ')
      throw refusal(503, `Not read: ${names}.`, { members: { chains: synced.map(syncView) } })
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/reload',
      summary: 'Reloads the configuration',
      responses: {
        200: {
          description:
            'It was reloaded; what changed, by name and key, and in `unheeded` the changes of plans that are ignored.',
          content: { 'application/json': { schema: differenceSchema } },
        },
        422: problemResponse('It is invalid, and the previous one stays in force; `errors` holds each error.'),
        501: problemResponse('This process cannot: start it again.'),
      },
    }),
    (c) => {
      if (reload === undefined) throw refusal(501, 'This process cannot reload its configuration: start it again.')
      try {
        const item: Item = { ...reload('HTTP') }
        return c.json(item, 200)
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error
        const errors = error.issues.map(({ path, message }) => ({ path, message: conceal(message) }))
        throw refusal(422, 'The configuration is invalid; the previous one stays in force.', { members: { errors } })
      }
    },
  )
}
