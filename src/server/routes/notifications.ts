import { createRoute, z } from '@hono/zod-openapi'
import { failedDeliveryView, markedView, notificationView } from '../../views/notificationView.js'
import { parsedJson } from '../../domain/text/boundedJson.js'
import type { FailedDelivery } from '../../store/DeliveryStore.js'
import type { Store } from '../../store/Store.js'
import { goneItem, listAnswers, listBody, pageKeys, strictQuery } from '../lists.js'
import { refusal } from '../problem.js'
import type { Item } from '../schemaParts.js'
import { deliverySchema, markedSchema, notificationSchema, problemResponse } from '../schemas.js'
import type { Routes } from '../ServerContext.js'

const unread = z.optional(z.enum(['true', 'false'])).describe('true: only what is not marked as read.')

/** The inbox, in the form of `notifications --json`, and undelivered notifications, as `notifications --failed`. */
export const notificationRoutes: Routes = (app, context) => {
  addInbox(app, context)
  addDeliveries(app, context)
}

const addInbox: Routes = (app, { store }) => {
  app.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/notifications',
      summary: 'The inbox, newest first',
      request: { query: strictQuery({ ...pageKeys, unread }) },
      responses: listAnswers(notificationSchema, 'As `notifications --json`.'),
    }),
    (c) => {
      const { limit, after, unread: only } = c.req.valid('query')
      // If the item was pruned, an empty page would wrongly say that the list ends here.
      if (after !== undefined && !store.notificationIds().includes(after)) throw refusal(400, goneItem)
      const found = store.notifications({
        unread: only === 'true',
        limit: limit + 1,
        ...(after !== undefined && { before: after }),
      })
      const page = found.slice(0, limit)
      return c.json(listBody(page.map(notificationView), found.length > limit ? (page.at(-1)?.id ?? null) : null), 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/notifications/{id}/read',
      summary: 'Marks a notification as read, or `all`',
      request: { params: z.object({ id: z.string().max(2_000).describe('Its id, percent-encoded, or `all`.') }) },
      responses: {
        200: {
          description: 'How many were marked, as `notifications --read ID --json`.',
          content: { 'application/json': { schema: markedSchema } },
        },
        404: problemResponse('No notification has this id.'),
      },
    }),
    (c) => {
      const { id } = c.req.valid('param')
      if (id !== 'all' && !store.notificationIds().includes(id)) throw refusal(404, 'No notification has this id.')
      const item: Item = markedView(store.markRead(id))
      return c.json(item, 200)
    },
  )
}

const addDeliveries: Routes = (app, { store }) => {
  app.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/deliveries',
      summary: 'Failed deliveries: those that wait for another try, then those that were given up, newest first',
      request: { query: strictQuery(pageKeys) },
      responses: listAnswers(deliverySchema, 'As `notifications --failed --json`.'),
    }),
    (c) => {
      const { limit, after } = c.req.valid('query')
      const found = after === undefined ? store.failedDeliveries(limit + 1) : failedAfter(store, after, limit + 1)
      if (found === undefined) throw refusal(400, goneItem)
      const items = found.slice(0, limit)
      const last = items.at(-1)
      const next =
        last === undefined || found.length <= limit ? null : JSON.stringify([last.handler, last.notification.id])
      return c.json(listBody(items.map(failedDeliveryView), next), 200)
    },
  )
}

const failedKey = z.tuple([z.string(), z.string()])

/** Returns the deliveries that follow the one that `after` names; undefined if it names none. */
function failedAfter(store: Store, after: string, limit: number): readonly FailedDelivery[] | undefined {
  const { success, data } = failedKey.safeParse(parsedJson(after))
  return success ? store.failedDeliveriesAfter({ handler: data[0], id: data[1] }, limit) : undefined
}
