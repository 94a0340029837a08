import * as z from 'zod/mini'
import { defined } from '../domain/defined.js'
import type { DeliveryStore, FailedDelivery } from './DeliveryStore.js'
import { itemOf, itemRow, rowsBy } from './outboxRow.js'
import type { Sql } from './sql.js'

const countRow = z.object({ count: z.number() })

type FailedDeliveries = Pick<DeliveryStore, 'deadLetters' | 'failedDeliveries' | 'revive'>

/** What was tried and is not delivered, and how it is tried again. */
export function failedDeliveries(sql: Sql): FailedDeliveries {
  const failed = (row: z.infer<typeof itemRow>): FailedDelivery => ({
    ...itemOf(sql, row),
    reason: row.reason,
    at: row.at,
    ...defined({ status: row.status ?? undefined }),
  })
  const deadLetters: FailedDeliveries['deadLetters'] = (limit = -1) =>
    sql
      .all(itemRow, `${rowsBy('outbox_dead')} WHERE state = 'dead' ORDER BY outbox.at, outbox.row LIMIT ?`, limit)
      .map(failed)

  return {
    deadLetters,

    failedDeliveries: (limit = -1) =>
      sql.snapshot(() => {
        const waiting = sql
          .all(
            itemRow,
            `${rowsBy('outbox_retried')} WHERE state = 'pending' AND attempts > 0 ORDER BY outbox.row LIMIT ?`,
            limit,
          )
          .map((row) => ({ ...failed(row), nextTryAt: row.next_at }))
        return [...waiting, ...deadLetters(limit < 0 ? limit : Math.max(0, limit - waiting.length))]
      }),

    revive: (id, now) =>
      sql.transaction(() => {
        // First, or those that come back would be counted twice.
        const waiting = hasten(sql, id, now)
        const revived = `UPDATE outbox SET state = 'pending', attempts = 0, next_at = ? WHERE state = 'dead'`
        return (
          waiting + (id === 'all' ? sql.run(revived, now) : sql.run(`${revived} AND notification = ${rowOf}`, now, id))
        )
      }),
  }
}

const rowOf = '(SELECT row FROM notifications WHERE id = ?)'

/**
 * Has what waits for another try tried at `now`, and what waits behind it after that; of one notification, or of `all`.
 * Returns how many wait for another try.
 */
function hasten(sql: Sql, id: string, now: number): number {
  const [retried, ids] =
    id === 'all'
      ? [`outbox INDEXED BY outbox_retried WHERE state = 'pending' AND attempts > 0`, []]
      : [`outbox WHERE state = 'pending' AND attempts > 0 AND notification = ${rowOf}`, [id]]
  const [count] = sql.all(countRow, `SELECT count(*) AS count FROM ${retried}`, ...ids)
  if (count === undefined || count.count === 0) return 0
  sql.run(
    `UPDATE outbox INDEXED BY outbox_subject SET next_at = ?
    WHERE state = 'pending' AND next_at > ? AND (handler, subject) IN (SELECT handler, subject FROM ${retried})`,
    now,
    now,
    ...ids,
  )
  return count.count
}
