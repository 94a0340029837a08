import * as z from 'zod/mini'
import { subjectOf } from '../domain/notifications/notification.js'
import type { DeliveryStore } from './DeliveryStore.js'
import { dueDeliveries } from './dueDeliveries.js'
import { rerouteHeld, unbundle } from './held.js'
import { missedEnds, queueMissed } from './missedEnds.js'
import { hasEnded } from './endsSince.js'
import { isEndedElsewhere, isOutdated, keepPosted, livingPostOf, noteEdit, postedOf, strayPosts } from './posted.js'
import { pauses } from './pauses.js'
import type { Sql } from './sql.js'
import { unwatchedPosts } from './unwatchedPosts.js'
import { followClock } from './sql/followClock.js'

const sentRow = z.object({ at: z.number() })

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
    ...dueDeliveries(sql),
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
