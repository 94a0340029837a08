import * as z from 'zod/mini'
import { defined } from '../domain/defined.js'
import type { DeliveryStore, FailedDelivery, FailedKey } from './DeliveryStore.js'
import { itemOf, itemRow, rowsBy } from './outboxRow.js'
import type { Sql } from './sql.js'

const placeRow = z.object({ row: z.number(), at: z.number(), state: z.enum(['pending', 'dead']) })
const countRow = z.object({ count: z.number() })

type FailedDeliveries = Pick<
  DeliveryStore,
  'deadLetters' | 'failedDeliveries' | 'newestFailed' | 'failedDeliveriesAfter' | 'revive' | 'makeDue'
>

/** Deliveries that were tried without success, and how they are tried again. */
export function failedDeliveries(sql: Sql): FailedDeliveries {
  const failed = (row: z.infer<typeof itemRow>): FailedDelivery => ({
    ...itemOf(sql, row),
    reason: row.reason,
    at: row.at,
    ...defined({ status: row.status ?? undefined }),
  })
  const dead = (limit: number, { at, row }: Pick<Place, 'at' | 'row'>): readonly FailedDelivery[] =>
    sql
      .all(
        itemRow,
        `${rowsBy('outbox_dead')} WHERE state = 'dead' AND outbox.at <= ? AND (outbox.at < ? OR outbox.row < ?)
        ORDER BY outbox.at DESC, outbox.row DESC LIMIT ?`,
        ...[at, at, row, limit],
      )
      .map(failed)
  const retried = (limit: number, past: number): readonly FailedDelivery[] =>
    sql
      .all(
        itemRow,
        `${rowsBy('outbox_retried')} WHERE state = 'pending' AND attempts > 0 AND outbox.row < ?
        ORDER BY outbox.row DESC LIMIT ?`,
        past,
        limit,
      )
      .map((row) => ({ ...failed(row), nextTryAt: row.next_at }))

  const failedFrom = (limit: number, { state, ...place }: Place): readonly FailedDelivery[] => {
    if (state === 'dead') return dead(limit, place)
    const waiting = retried(limit, place.row)
    return [...waiting, ...dead(limit < 0 ? limit : Math.max(0, limit - waiting.length), start)]
  }

  return {
    deadLetters: (limit = -1) =>
      sql
        .all(itemRow, `${rowsBy('outbox_dead')} WHERE state = 'dead' ORDER BY outbox.at, outbox.row LIMIT ?`, limit)
        .map(failed),

    failedDeliveries: (limit = -1) => sql.snapshot(() => failedFrom(limit, start)),

    newestFailed: (limit) => sql.snapshot(() => halfOfEach(limit, retried(limit, start.row), dead(limit, start))),

    failedDeliveriesAfter: (last, limit) =>
      sql.snapshot(() => {
        const place = placeOf(sql, last)
        return place === undefined ? undefined : failedFrom(limit, place)
      }),

    revive: (id, now, except = []) => sql.transaction(() => revive(sql, id, now, JSON.stringify(except))),

    makeDue: (handler, now) => {
      sql.transaction(() => makeDue(sql, retriedAt, [handler], now))
    },
  }
}

/** Returns half of the limit from each list, or more of one if the other is short. */
function halfOfEach<Item>(limit: number, one: readonly Item[], other: readonly Item[]): readonly Item[] {
  const half = Math.ceil(limit / 2)
  return [
    ...one.slice(0, Math.max(half, limit - other.length)),
    ...other.slice(0, Math.max(limit - half, limit - one.length)),
  ]
}

/** A position in the list of failed deliveries: retries come first, then dead letters, each newest first. */
type Place = z.infer<typeof placeRow>

// Before the newest of either state. SQLite compares these as integers.
const start: Place = { row: Number.MAX_SAFE_INTEGER, at: Number.MAX_SAFE_INTEGER, state: 'pending' }

/** The position of a failed delivery; undefined if it is no longer one. */
function placeOf(sql: Sql, { handler, id }: FailedKey): Place | undefined {
  return sql.all(
    placeRow,
    `SELECT outbox.row AS row, outbox.at AS at, state FROM notifications
    JOIN outbox ON outbox.notification = notifications.row
    WHERE id = ? AND handler = ? AND (state = 'dead' OR (state = 'pending' AND attempts > 0))`,
    id,
    handler,
  )[0]
}

const rowOf = '(SELECT row FROM notifications WHERE id = ?)'

const notOf = 'handler NOT IN (SELECT value FROM json_each(?))'

const allRetried = `outbox INDEXED BY outbox_retried WHERE state = 'pending' AND attempts > 0 AND ${notOf}`
const retriedOf = `outbox WHERE state = 'pending' AND attempts > 0 AND ${notOf} AND notification = ${rowOf}`
const retriedAt = `outbox INDEXED BY outbox_retried_subject WHERE state = 'pending' AND attempts > 0 AND handler = ?`

/** Revives one notification or `all`, except those of the handlers in `except`, a JSON list. */
function revive(sql: Sql, id: string, now: number, except: string): number {
  const anew = `SET state = 'pending', attempts = 0, next_at = 0, orphan = 0 WHERE state = 'dead' AND ${notOf}`
  // Waiting retries are counted first; otherwise revived rows would be counted twice.
  return id === 'all'
    ? makeDue(sql, allRetried, [except], now) + sql.run(`UPDATE outbox INDEXED BY outbox_dead ${anew}`, except)
    : makeDue(sql, retriedOf, [except, id], now) +
        sql.run(`UPDATE outbox ${anew} AND notification = ${rowOf}`, except, id)
}

/**
 * Makes the rows that `retried` selects with these parameters, and the rows behind them, due at `now`. Returns how many
 * rows wait for a retry.
 */
function makeDue(sql: Sql, retried: string, given: readonly string[], now: number): number {
  const [count] = sql.all(countRow, `SELECT count(*) AS count FROM ${retried}`, ...given)
  if (count === undefined || count.count === 0) return 0
  sql.run(
    `UPDATE outbox INDEXED BY outbox_subject SET next_at = ?
    WHERE state = 'pending' AND next_at > ? AND (handler, subject) IN (SELECT handler, subject FROM ${retried})`,
    now,
    now,
    ...given,
  )
  return count.count
}
