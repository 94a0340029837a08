import * as z from 'zod/mini'
import { standingOf, subjectsEndedBy } from '../domain/notifications/message.js'
import { isAboutPart, type Notification, proposalIdOf, subjectOf } from '../domain/notifications/notification.js'
import { notificationOf } from './inbox.js'
import type { Sql } from './sql.js'

const rowOnly = z.object({ row: z.number() })
const inboxRow = z.object({ id: z.string(), read: z.number(), json: z.string() })

/** Maximum number of a chain's newest notifications that are searched. Earlier ones no longer matter. */
const mostLookedAt = 1_000

/**
 * Returns the notification after `row` of the inbox that ended the plan of a notification, no matter which handlers got
 * it; undefined if the newest one about the plan does not end it. Silenced notifications do not count, because nobody
 * got them. The end of a part of a plan may also be announced by its proposal, after its upgrade is forgotten.
 */
export function planEndedSince(sql: Sql, row: number, told: Notification): Notification | undefined {
  const subject = subjectOf(told)
  const since = sql.all(
    inboxRow,
    `SELECT id, read, json FROM notifications WHERE row > ? AND chain = ?
    AND (event LIKE 'upgrade\\_%' ESCAPE '\\' OR (? AND event LIKE 'proposal\\_%' ESCAPE '\\'))
    ORDER BY row DESC LIMIT ?`,
    ...[row, told.chain, isAboutPart(told) ? 1 : 0, mostLookedAt],
  )
  for (const each of since) {
    const notification = notificationOf(sql, each)
    if (notification.silenced !== undefined) continue
    if (subjectsEndedBy(notification).includes(subject)) return notification
    if (subjectOf(notification) === subject) return undefined
  }
  return undefined
}

/**
 * Returns the notification after `row` of the inbox that ended the subject of `told`, no matter which handlers got it;
 * undefined if a later one does not end it. Silenced notifications do not count.
 */
export function endedSince(sql: Sql, row: number, told: Notification): Notification | undefined {
  const subject = subjectOf(told)
  const since = sql.all(
    inboxRow,
    `SELECT id, read, json FROM notifications WHERE row > ? AND chain = ? AND instr(json, ?) > 0
    ORDER BY row DESC LIMIT ?`,
    ...[row, told.chain, proposalIdOf(told) ?? '', mostLookedAt],
  )
  for (const each of since) {
    const notification = notificationOf(sql, each)
    if (notification.silenced !== undefined || subjectOf(notification) !== subject) continue
    return standingOf(notification) === 'open' ? undefined : notification
  }
  return undefined
}

/** Returns true if a later notification of the inbox ended the subject of this one, no matter which handlers got it. */
export function hasEnded(sql: Sql, told: Notification): boolean {
  const [found] = sql.all(rowOnly, 'SELECT row FROM notifications WHERE id = ?', told.id)
  if (found === undefined) return false
  return (planEndedSince(sql, found.row, told) ?? endedSince(sql, found.row, told)) !== undefined
}
