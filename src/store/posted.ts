import * as z from 'zod/mini'
import { standingOf } from '../domain/notifications/message.js'
import { formerSubjectOf, isAboutPart, type Notification, subjectOf } from '../domain/notifications/notification.js'
import { boundedJson, parsedJson } from '../domain/text/boundedJson.js'
import type { Json } from '../domain/text/json.js'
import type { SubjectStanding } from '../domain/notifications/messageText.js'
import { isShownAsEnded, type LivingPost } from '../domain/notifications/stepEdits.js'
import { defined } from '../domain/defined.js'
import { type EditNote, reportedAsLeft, type StrayPost } from './DeliveryStore.js'
import { endedSince, planEndedSince } from './endsSince.js'
import { notificationOf } from './inbox.js'
import type { Sql } from './sql.js'
import { chainOfPosted } from './sql/dropOldPosted.js'

interface Place {
  readonly handler: string
  readonly notification: Notification
}

const postedRow = z.object({ json: z.string() })
const newestRow = z.object({ row: z.nullable(z.number()), at: z.nullable(z.number()) })
const shownRow = z.object({ of_row: z.number(), of_at: z.number() })
const toldRow = z.object({ told: z.number() })
const strayRow = z.object({ handler: z.string(), subject: z.string(), json: z.string(), shown: z.nullable(z.string()) })
const inboxRow = z.object({ id: z.string(), read: z.number(), json: z.string() })
const livingRow = z.object({
  posted: z.string(),
  of_row: z.number(),
  at: z.number(),
  shown: z.nullable(z.string()),
  refused: z.number(),
  awaited: z.number(),
  id: z.string(),
  read: z.number(),
  json: z.string(),
})

/** Maximum number of rows for all handlers together; the newest are kept. */
const mostKept = 10_000

/** What the handler posted last for a subject. */
export function postedOf(sql: Sql, handler: string, subject: string): Json | undefined {
  const [row] = sql.all(postedRow, 'SELECT json FROM posted WHERE handler = ? AND subject = ?', handler, subject)
  return row === undefined ? undefined : boundedJson(parsedJson(row.json))
}

/** Row and time of the newest notification in an outbox row: its own notification or another of its bundle. */
function newestNotificationOf(
  sql: Sql,
  { handler, notification: { id } }: Place,
): { readonly row: number; readonly at: number } {
  const [newest] = sql.all(
    newestRow,
    `SELECT max(row) AS row, max(at) AS at FROM notifications WHERE id = ? OR row IN (
      SELECT held.notification FROM held INDEXED BY held_carrier WHERE carrier = (
        SELECT row FROM outbox WHERE handler = ? AND notification = (SELECT row FROM notifications WHERE id = ?)
      )
    )`,
    ...[id, handler, id],
  )
  return { row: newest?.row ?? 0, at: newest?.at ?? 0 }
}

/**
 * Returns true if the handler's last post for the subject is about a later notification. Both row and time must be
 * later, because row numbers start again after the inbox was empty, and the clock may be set back.
 */
export function isOutdated(sql: Sql, place: Place, subject = subjectOf(place.notification)): boolean {
  const [shown] = sql.all(
    shownRow,
    'SELECT of_row, of_at FROM posted WHERE handler = ? AND subject = ?',
    place.handler,
    subject,
  )
  if (shown === undefined) return false
  const told = newestNotificationOf(sql, place)
  return told.row < shown.of_row && told.at <= shown.of_at
}

/**
 * Marks a post as covering this notification if its plan moved from that subject to another one, so that a late
 * notification does not reopen it.
 */
function closeFormer(sql: Sql, { handler, notification }: Place, told: ReturnType<typeof newestNotificationOf>): void {
  const former = formerSubjectOf(notification)
  if (former === undefined) return
  sql.run(
    'UPDATE posted SET of_row = ?, of_at = ? WHERE handler = ? AND subject = ? AND of_row < ?',
    ...[told.row, told.at, handler, former, told.row],
  )
}

/**
 * Stores a post, replacing an earlier one of the subject. If the earlier one is about a later notification, that
 * reference stays. Unix ms. The caller holds the transaction, in which the outbox row is still pending.
 */
export function keepPosted(sql: Sql, { handler, notification }: Place, at: number, posted: Json): void {
  const subject = subjectOf(notification)
  const json = JSON.stringify(posted)
  if (isOutdated(sql, { handler, notification })) {
    // If the old message was deleted, the new one shows the state as first announced, so `shown` is reset.
    sql.run(
      'UPDATE posted SET json = ?, at = ?, shown = NULL, refused = 0 WHERE handler = ? AND subject = ?',
      ...[json, at, handler, subject],
    )
    return
  }
  const told = newestNotificationOf(sql, { handler, notification })
  sql.run(
    'INSERT OR REPLACE INTO posted (handler, subject, json, at, of_row, of_at) VALUES (?, ?, ?, ?, ?, ?)',
    ...[handler, subject, json, at, told.row, told.at],
  )
  closeFormer(sql, { handler, notification }, told)
  sql.run('DELETE FROM posted WHERE row <= (SELECT row FROM posted ORDER BY row DESC LIMIT 1 OFFSET ?)', mostKept)
}

/**
 * Returns true if the subject of the row has since ended with a notification of another subject: its plan continues
 * under another subject, or it is a part of a plan that has ended. No later notification would close what this row
 * opens, even if nothing was posted for the subject before.
 */
export function isEndedElsewhere(sql: Sql, place: Place): boolean {
  const subject = subjectOf(place.notification)
  const { row } = newestNotificationOf(sql, place)
  const { chain } = place.notification
  if (isAboutPart(place.notification)) return planEndedSince(sql, row, place.notification) !== undefined
  const moves = sql.all(
    inboxRow,
    `SELECT id, read, json FROM notifications INDEXED BY notifications_counts
    WHERE event IN ('upgrade_rescheduled', 'upgrade_scheduled') AND row > ? AND chain = ?`,
    ...[row, chain],
  )
  const isLeft = moves.some((each) => formerSubjectOf(notificationOf(sql, each)) === subject)
  return isLeft && planEndedSince(sql, row, place.notification) !== undefined
}

/** What the handler has posted for the subject. */
export function livingPostOf(sql: Sql, handler: string, subject: string): LivingPost | undefined {
  const found = shownPostOf(sql, handler, subject)
  if (found === undefined || standingOf(found.post.told) !== 'open') return found?.post
  const { row, post } = found
  return { ...post, ...defined({ endedBy: planEndedSince(sql, row, post.told) ?? endedSince(sql, row, post.told) }) }
}

/** The post without its end, and the row of the notification that it shows. */
function shownPostOf(
  sql: Sql,
  handler: string,
  subject: string,
): { readonly row: number; readonly post: LivingPost } | undefined {
  const [row] = sql.all(
    livingRow,
    `SELECT posted.json AS posted, posted.at AS at, of_row, shown, refused, id, read, notifications.json AS json,
      EXISTS (SELECT 1 FROM outbox WHERE state = 'pending' AND handler = ?1 AND subject = ?2)
      OR EXISTS (SELECT 1 FROM held WHERE handler = ?1 AND subject = ?2) AS awaited
    FROM posted CROSS JOIN notifications ON notifications.row = of_row
    WHERE posted.handler = ?1 AND posted.subject = ?2`,
    handler,
    subject,
  )
  const told = row === undefined ? undefined : notificationOf(sql, row)
  // The row may belong to another notification, because row numbers start again after the inbox was empty.
  if (row === undefined || told === undefined || subjectOf(told) !== subject) return undefined
  const { posted, shown, at, refused, awaited } = row
  const post = {
    told,
    posted: boundedJson(parsedJson(posted)) ?? null,
    ...defined({ shown: shown ?? undefined }),
    at,
    isRefused: refused === 1,
    isAwaited: awaited === 1,
  }
  return { row: row.of_row, post }
}

/** Returns all posts except those that one of these handlers made about one of these chains, oldest first. */
export function strayPosts(sql: Sql, handlers: Iterable<string>, chains: Iterable<string>): readonly StrayPost[] {
  const rows = sql.all(
    strayRow,
    `SELECT handler, subject, json, shown FROM posted WHERE handler NOT IN (SELECT value FROM json_each(?))
    OR ${chainOfPosted} NOT IN (SELECT value FROM json_each(?)) ORDER BY row`,
    JSON.stringify([...handlers]),
    JSON.stringify([...chains]),
  )
  return rows.map(({ handler, subject, json, shown }) => ({
    handler,
    subject,
    posted: boundedJson(parsedJson(json)) ?? null,
    isReported: shown?.endsWith(reportedAsLeft) === true,
    ...defined({ standing: standingShown(shownPostOf(sql, handler, subject)?.post) }),
  }))
}

function standingShown(post: LivingPost | undefined): SubjectStanding | undefined {
  return post === undefined ? undefined : isShownAsEnded(post) ? 'over' : standingOf(post.told)
}

/** Records the result of an edit of the handler's post for the subject. */
export function noteEdit(sql: Sql, handler: string, subject: string, { at, shown, posted, isRefused }: EditNote): void {
  sql.run(
    `UPDATE posted SET at = coalesce(?, at), shown = coalesce(?, shown), json = coalesce(?, json),
      refused = max(refused, ?) WHERE handler = ? AND subject = ?`,
    at ?? null,
    shown ?? null,
    posted === undefined ? null : JSON.stringify(posted),
    isRefused === true ? 1 : 0,
    handler,
    subject,
  )
}

/** Deletes the posts of all handlers for these subjects. The caller holds the transaction. */
export function dropPosted(sql: Sql, subjects: readonly string[]): void {
  for (const subject of subjects) sql.run('DELETE FROM posted WHERE subject = ?', subject)
}

/** True if a post of the handler for the subject is stored, or a notification of it is pending, held or dead there. */
export function hasPostOrPending(sql: Sql, handler: string, subject: string): boolean {
  const [row] = sql.all(
    toldRow,
    `SELECT EXISTS (SELECT 1 FROM posted WHERE handler = ?1 AND subject = ?2)
      OR EXISTS (SELECT 1 FROM outbox WHERE state = 'pending' AND handler = ?1 AND subject = ?2)
      OR EXISTS (SELECT 1 FROM outbox WHERE state = 'dead' AND handler = ?1 AND subject = ?2)
      OR EXISTS (SELECT 1 FROM held WHERE handler = ?1 AND subject = ?2) AS told`,
    handler,
    subject,
  )
  return row?.told === 1
}
