import * as z from 'zod/mini'
import { subjectOf } from '../domain/notifications/notification.js'
import { type DeliveryStore, longestPostponementMs } from './DeliveryStore.js'
import { nextRelease, releaseHeld } from './held.js'
import { itemOf, itemRow, rowsBy } from './outboxRow.js'
import type { Sql } from './sql.js'

const nextRow = z.object({ next: z.nullable(z.number()) })
const dueRow = z.object({ due: z.number() })
const handlerRow = z.object({ handler: z.string() })

type DueDeliveries = Pick<DeliveryStore, 'waitingHandlers' | 'due' | 'nextDue' | 'urgent' | 'probe'>

/** Which pending delivery is made next, and when. */
export function dueDeliveries(sql: Sql): DueDeliveries {
  return { ...queue(sql), urgent: urgentOf(sql), probe: probeOf(sql) }
}

function queue(sql: Sql): Pick<DueDeliveries, 'waitingHandlers' | 'due' | 'nextDue'> {
  // Steps from one handler to the next, so that the cost does not depend on the number of pending rows.
  const waitingHandlers = (): readonly string[] =>
    sql
      .all(
        handlerRow,
        `WITH RECURSIVE waiting (handler) AS (
          SELECT min(handler) FROM outbox WHERE state = 'pending'
          UNION ALL
          SELECT (SELECT min(handler) FROM outbox WHERE state = 'pending' AND handler > waiting.handler)
          FROM waiting WHERE handler IS NOT NULL
        ) SELECT handler FROM waiting WHERE handler IS NOT NULL`,
      )
      .map(({ handler }) => handler)

  const dueOf = (now: number, limit: number, handler: string): readonly z.infer<typeof itemRow>[] =>
    hasDue(sql, now, handler)
      ? sql.all(
          itemRow,
          `${rowsBy('outbox_pending')} WHERE state = 'pending' AND handler = ? AND (next_at <= ? OR next_at > ?) ORDER BY outbox.row LIMIT ?`,
          handler,
          now,
          now + longestPostponementMs,
          limit,
        )
      : []

  const nextOf = (handler: string): number | undefined => {
    const [pending] = sql.all(
      nextRow,
      `SELECT min(next_at) AS next FROM outbox WHERE state = 'pending' AND handler = ?`,
      handler,
    )
    const nexts = [pending?.next ?? Infinity, nextRelease(sql, handler) ?? Infinity]
    return nexts.every((next) => next === Infinity) ? undefined : Math.min(...nexts)
  }

  return {
    waitingHandlers,
    due: (now, limit, only) => {
      releaseHeld(sql, now)
      return (only === undefined ? waitingHandlers() : [only])
        .flatMap((handler) => dueOf(now, limit, handler))
        .sort((a, b) => a.row - b.row)
        .slice(0, limit)
        .map((row) => itemOf(sql, row))
    },
    nextDue: (only) => {
      const nexts = (only === undefined ? waitingHandlers() : [only]).flatMap((handler) => nextOf(handler) ?? [])
      return nexts.length === 0 ? undefined : Math.min(...nexts)
    },
  }
}

/** A fast check, so that no row is read if all rows of a handler wait for a retry. */
function hasDue(sql: Sql, now: number, handler: string): boolean {
  const [found] = sql.all(
    dueRow,
    `SELECT EXISTS (SELECT 1 FROM outbox WHERE state = 'pending' AND handler = ? AND next_at <= ?)
      OR EXISTS (SELECT 1 FROM outbox WHERE state = 'pending' AND handler = ? AND next_at > ?) AS due`,
    handler,
    now,
    handler,
    now + longestPostponementMs,
  )
  return found?.due === 1
}

// Combines attempts and row in one number, so that the minimum is found without sorting. Row numbers are far below
// 10^12.
const oldestOfLeast = 'min(attempts * 1000000000000 + row) % 1000000000000'
const newestOfLeast = '(1000000000000 - min(attempts * 1000000000000 - row) % 1000000000000) % 1000000000000'

function probeOf(sql: Sql): DueDeliveries['probe'] {
  return (now, handler, newest = false) => {
    if (!hasDue(sql, now, handler)) return undefined
    const far = now + longestPostponementMs
    const [row] = sql.all(
      itemRow,
      `${rowsBy('outbox_pending')} WHERE state = 'pending' AND handler = ? AND outbox.row = (
        SELECT ${newest ? newestOfLeast : oldestOfLeast} FROM outbox AS one INDEXED BY outbox_pending
        WHERE state = 'pending' AND handler = ? AND (next_at <= ? OR next_at > ?) AND (urgent = 1 OR NOT EXISTS (
          SELECT 1 FROM outbox AS earlier INDEXED BY outbox_subject WHERE earlier.state = 'pending'
          AND earlier.handler = one.handler AND earlier.subject = one.subject AND earlier.row < one.row
          AND (earlier.next_at <= ? OR earlier.next_at > ?)
        ))
      )`,
      ...[handler, handler, now, far, now, far],
    )
    return row === undefined ? undefined : itemOf(sql, row)
  }
}

function urgentOf(sql: Sql): DueDeliveries['urgent'] {
  return (now, handler, { untried = false, alone = false } = {}) => {
    const [row] = sql.all(
      itemRow,
      `${rowsBy('outbox_urgent')} WHERE outbox.state = 'pending' AND urgent = 1 AND handler = ?
        AND (next_at <= ? OR next_at > ?)${untried ? ' AND attempts = 0' : ''} ORDER BY outbox.row LIMIT 1`,
      handler,
      now,
      now + longestPostponementMs,
    )
    if (row === undefined) return undefined
    const item = itemOf(sql, row)
    if (alone) return item
    const [first = row] = sql.all(
      itemRow,
      // Only the first row of the subject may overtake. If it waits for a retry, the rows behind it keep their order.
      `${rowsBy('outbox_subject')} WHERE state = 'pending' AND handler = ? AND subject = ? AND outbox.row < ?
        ORDER BY outbox.row LIMIT 1`,
      handler,
      subjectOf(item.notification),
      row.row,
    )
    return first.attempts === 0 && first.next_at <= now ? itemOf(sql, first) : item
  }
}
