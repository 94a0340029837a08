import * as z from 'zod/mini'
import { subjectOf } from '../domain/notifications/notification.js'
import { type DeliveryStore, longestPostponementMs } from './DeliveryStore.js'
import { nextRelease, rerouteHeld, releaseHeld, unbundle } from './held.js'
import { missedEnds, queueMissed } from './missedEnds.js'
import { hasEnded } from './endsSince.js'
import { itemOf, itemRow, rowsBy } from './outboxRow.js'
import { isEndedElsewhere, isOutdated, keepPosted, livingPostOf, noteEdit, postedOf, strayPosts } from './posted.js'
import { pauses } from './pauses.js'
import type { Sql } from './sql.js'
import { unwatchedPosts } from './unwatchedPosts.js'
import { followClock } from './sql/followClock.js'

const nextRow = z.object({ next: z.nullable(z.number()) })
const dueRow = z.object({ due: z.number() })
const sentRow = z.object({ at: z.number() })
const handlerRow = z.object({ handler: z.string() })

const ofItem = `state = 'pending' AND handler = ? AND notification = (SELECT row FROM notifications WHERE id = ?)`

type Outbox = Pick<
  DeliveryStore,
  | 'waitingHandlers'
  | 'due'
  | 'urgent'
  | 'probe'
  | 'nextDue'
  | 'followClock'
  | 'rerouteHeld'
  | 'unbundle'
  | 'posted'
  | 'isOutdated'
  | 'isToldSince'
  | 'livingPost'
  | 'hasEnded'
  | 'strayPosts'
  | 'unwatchedPosts'
  | 'missedEnds'
  | 'queueMissed'
  | 'noteEdit'
  | 'remember'
  | 'delivered'
  | 'postpone'
  | 'pause'
  | 'pausedUntil'
  | 'bury'
  | 'sentSince'
>

/** The pending deliveries and the results of attempts. */
export function outbox(sql: Sql): Outbox {
  return {
    ...queue(sql),
    urgent: urgentOf(sql),
    probe: probeOf(sql),
    followClock: (now, steady) => followClock(sql, now, steady),
    rerouteHeld: (...asked) => rerouteHeld(sql, ...asked),
    unbundle: (handler, now) => unbundle(sql, handler, now),
    ...living(sql),
    missedEnds: (handlers) => missedEnds(sql, handlers),
    queueMissed: (missed, at) => queueMissed(sql, missed, at),
    ...pauses(sql),
    ...outcomes(sql),
    ...sent(sql),
  }
}

function queue(sql: Sql): Pick<Outbox, 'waitingHandlers' | 'due' | 'nextDue'> {
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

function probeOf(sql: Sql): Outbox['probe'] {
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

function urgentOf(sql: Sql): Outbox['urgent'] {
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

type Living =
  | 'posted'
  | 'remember'
  | 'isOutdated'
  | 'isToldSince'
  | 'livingPost'
  | 'hasEnded'
  | 'strayPosts'
  | 'unwatchedPosts'
  | 'noteEdit'

/** What was posted, and how it stands. */
function living(sql: Sql): Pick<Outbox, Living> {
  return {
    posted: ({ handler, notification }, subject = subjectOf(notification)) => postedOf(sql, handler, subject),
    isOutdated: (item) => isOutdated(sql, item) || isEndedElsewhere(sql, item),
    isToldSince: (item, subject) => isOutdated(sql, item, subject),
    livingPost: (handler, subject) => livingPostOf(sql, handler, subject),
    hasEnded: (notification) => hasEnded(sql, notification),
    strayPosts: (handlers, chains) => strayPosts(sql, handlers, chains),
    unwatchedPosts: (handlers, chains) => unwatchedPosts(sql, handlers, chains),
    remember: (item, at, posted) => sql.transaction(() => keepPosted(sql, item, at, posted)),
    noteEdit: (handler, subject, edit) => noteEdit(sql, handler, subject, edit),
  }
}

/** The times of deliveries, for the rate. */
function sent(sql: Sql): Pick<Outbox, 'sentSince'> {
  return {
    sentSince: (handler, since) =>
      sql
        .all(
          sentRow,
          // In a burst, pending rows are newer than delivered ones, so rows before the oldest pending one are searched
          // too.
          `SELECT DISTINCT at FROM (
            SELECT * FROM (SELECT handler, state, at FROM outbox ORDER BY row DESC LIMIT 10000)
            UNION ALL
            SELECT * FROM (SELECT handler, state, at FROM outbox WHERE row < (
              SELECT min(row) FROM outbox WHERE state = 'pending' AND handler = ?
            ) ORDER BY row DESC LIMIT 10000)
          ) WHERE handler = ? AND state = 'delivered' AND at > ? ORDER BY at`,
          ...[handler, handler, since],
        )
        .map(({ at }) => at),
  }
}

/** Records the result of one attempt. */
function outcomes(sql: Sql): Pick<Outbox, 'delivered' | 'postpone' | 'bury'> {
  return {
    delivered: ({ notification, handler }, at, posted) =>
      sql.transaction(() => {
        if (posted !== undefined) keepPosted(sql, { handler, notification }, at, posted)
        sql.run(
          `UPDATE outbox SET state = 'delivered', attempts = attempts + 1, at = ?, reason = '', status = NULL WHERE ${ofItem}`,
          at,
          handler,
          notification.id,
        )
      }),

    postpone: ({ notification, handler }, until, { reason, status = null, heldUntil }) =>
      sql.transaction(() => {
        if (heldUntil !== undefined) pauses(sql).pause(handler, heldUntil)
        const touched = sql.run(
          `UPDATE outbox SET attempts = attempts + 1, next_at = ?, reason = ?, status = ? WHERE ${ofItem}`,
          until,
          reason,
          status,
          handler,
          notification.id,
        )
        if (touched === 0) return
        sql.run(
          `UPDATE outbox INDEXED BY outbox_subject SET next_at = max(next_at, ?)
          WHERE state = 'pending' AND handler = ? AND subject = ? AND urgent = 0 AND row > (
            SELECT outbox.row FROM outbox JOIN notifications ON notifications.row = outbox.notification
            WHERE id = ? AND handler = ?
          )`,
          until,
          handler,
          subjectOf(notification),
          notification.id,
          handler,
        )
      }),

    bury: ({ notification, handler }, at, { reason, status = null, attempt = null, isOrphan = false }) => {
      sql.run(
        `UPDATE outbox SET state = 'dead', attempts = coalesce(?, attempts + 1), at = ?, reason = ?, status = ?,
          orphan = ? WHERE ${ofItem}`,
        attempt,
        at,
        reason,
        status,
        isOrphan ? 1 : 0,
        handler,
        notification.id,
      )
    },
  }
}
