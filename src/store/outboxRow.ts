import * as z from 'zod/mini'
import { defined } from '../domain/defined.js'
import type { OutboxItem } from './DeliveryStore.js'
import { bundleOf } from './held.js'
import { notificationOf } from './inbox.js'
import type { Sql } from './sql.js'

/** A row of the outbox with its notification. */
export const itemRow = z.object({
  row: z.number(),
  id: z.string(),
  read: z.number(),
  json: z.string(),
  handler: z.string(),
  attempts: z.number(),
  at: z.number(),
  reason: z.string(),
  next_at: z.number(),
  status: z.nullable(z.number()),
})

/** Selects rows of {@link itemRow} by an index of the outbox. */
export const rowsBy = (index: string): string =>
  // A cross join fixes the join order: the outbox rows determine which notifications are read.
  `SELECT outbox.row AS row, id, read, json, handler, attempts, outbox.at AS at, reason, next_at, status
  FROM outbox INDEXED BY ${index} CROSS JOIN notifications ON notifications.row = outbox.notification`

/** Converts a row of the outbox to an item. */
export function itemOf(sql: Sql, row: z.infer<typeof itemRow>): OutboxItem {
  const notification = notificationOf(sql, row)
  const bundle = bundleOf(sql, row.row, notification)
  return { notification, handler: row.handler, attempts: row.attempts, ...defined({ bundle }) }
}
