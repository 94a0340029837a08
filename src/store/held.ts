import * as z from 'zod/mini'
import { type Notification, priorities, subjectOf } from '../domain/notifications/notification.js'
import { defined } from '../domain/defined.js'
import {
  type Bundle,
  deliveryTo,
  type HeldDelivery,
  type NotificationRoute,
  type Pace,
} from '../domain/notifications/routing.js'
import { notificationOf } from './inbox.js'
import type { Sql } from './sql.js'
import { queueDeliveries } from './sql/queueDeliveries.js'

const dueRow = z.object({
  row: z.number(),
  handler: z.string(),
  bundle: z.string(),
  id: z.string(),
  read: z.number(),
  json: z.string(),
})
const releaseRow = z.object({ at: z.number() })
const outboxRow = z.object({ row: z.number() })
const countRow = z.object({ count: z.number() })
const carriedRow = z.object({ place: z.number(), id: z.string(), read: z.number(), json: z.string() })

// Maximum number of rows released at a time, so that no look at the outbox takes long after a burst.
const atOnce = 500
// Maximum number of notifications loaded for a bundle; a message shows fewer.
const mostKnown = 50
// Clock corrections up to this many milliseconds are normal. A larger step back shows that the earlier time was wrong.
const clockSlackMs = 60_000

/** Holds a notification of the inbox back from a handler until its time. The caller holds the transaction. */
export function holdDelivery(sql: Sql, notification: Notification, delivery: HeldDelivery): void {
  const { handler, releaseAt, bundle = '' } = delivery
  sql.run(
    `INSERT INTO held (notification, handler, subject, release_at, bundle, since)
    SELECT row, ?, ?, ?, ?, at FROM notifications WHERE id = ?
    ON CONFLICT (notification, handler) DO NOTHING`,
    ...[handler, subjectOf(notification), releaseAt, bundle, notification.id],
  )
  noteRelease(sql, delivery)
}

/** Records when a group is released. */
function noteRelease(sql: Sql, { handler, releaseAt, group }: HeldDelivery): void {
  if (group === undefined) return
  sql.run(
    `INSERT INTO releases (handler, bundle, release_at, until) VALUES (?, ?, ?, ?)
    ON CONFLICT (handler, bundle) DO UPDATE SET release_at = excluded.release_at, until = excluded.until`,
    ...[handler, group.key, releaseAt, group.until],
  )
}

/** When a group was last to be released at a handler, in Unix ms; undefined if that is no longer stored. */
export function lastRelease(sql: Sql, handler: string, group: string): number | undefined {
  return sql.all(
    releaseRow,
    'SELECT release_at AS at FROM releases WHERE handler = ? AND bundle = ?',
    handler,
    group,
  )[0]?.at
}

/** Deletes groups that have ended at `now` (Unix ms). The caller holds the transaction. */
export function dropReleases(sql: Sql, now: number): void {
  sql.run('DELETE FROM releases WHERE until <= ?', now)
}

/**
 * Routes notifications again, as if they came now, if they were held by a clock that was ahead of `now` (Unix ms); a
 * time of day must not move with a clock error. Notifications that the route no longer holds are released. Handles a
 * limited number at a time and returns true if more are left.
 */
export function rerouteHeld(
  sql: Sql,
  now: number,
  route: NotificationRoute,
  paceOf: (chain: string) => Pace | undefined,
): boolean {
  const ahead = sql.all(
    dueRow,
    `SELECT held.row AS row, handler, bundle, id, read, json
    FROM held INDEXED BY held_since CROSS JOIN notifications ON notifications.row = held.notification
    WHERE carrier IS NULL AND since > ? ORDER BY since LIMIT ?`,
    now + clockSlackMs,
    atOnce,
  )
  if (ahead.length === 0) return false
  sql.transaction(() => {
    for (const row of ahead) {
      const notification = notificationOf(sql, row)
      const delivery = routedAnew(sql, notification, row.handler, { at: now, pace: paceOf(notification.chain), route })
      const { releaseAt, bundle } = delivery ?? { releaseAt: now, bundle: row.bundle }
      sql.run(
        'UPDATE held SET release_at = ?, bundle = ?, since = ? WHERE row = ?',
        ...[releaseAt, bundle ?? '', now, row.row],
      )
      if (delivery !== undefined) noteRelease(sql, delivery)
    }
  })
  return ahead.length === atOnce
}

/** How the route holds the notification back now; undefined if it does not. */
function routedAnew(
  sql: Sql,
  notification: Notification,
  handler: string,
  { at, pace, route }: { readonly at: number; readonly pace: Pace | undefined; readonly route: NotificationRoute },
): HeldDelivery | undefined {
  const routed = route(notification, {
    at,
    // The current silences began after the notification. What it may close has not been announced; otherwise it would
    // not be held.
    silences: [],
    hasTold: () => false,
    lastRelease: (one, group) => lastRelease(sql, one, group),
    ...defined({ pace }),
  })
  const delivery = deliveryTo(handler, routed)
  return typeof delivery === 'string' ? undefined : delivery
}

/**
 * Moves the notifications that are released at `now` (Unix ms) to the outbox, due at once, a bundle as one row. Those
 * that waited longest come first.
 */
export function releaseHeld(sql: Sql, now: number): void {
  const due = (): readonly z.infer<typeof dueRow>[] =>
    sql
      .all(
        dueRow,
        `SELECT held.row AS row, held.handler AS handler, bundle, id, read, json
        FROM held INDEXED BY held_release CROSS JOIN notifications ON notifications.row = held.notification
        WHERE carrier IS NULL AND release_at <= ? LIMIT ?`,
        now,
        atOnce,
      )
      .toSorted((one, other) => one.row - other.row)
  if (due().length === 0) return
  sql.transaction(() => {
    const carried = new Set<string>()
    for (const row of due()) {
      const bundle = JSON.stringify([row.handler, row.bundle])
      if (carried.has(bundle)) continue
      queueDeliveries(sql, notificationOf(sql, row), [row.handler], now)
      sql.run('DELETE FROM held WHERE row = ?', row.row)
      if (row.bundle === '') continue
      carried.add(bundle)
      joinBundle(sql, row, now)
    }
  })
}

/** Adds the rest of the bundle to the notification that was just queued. */
function joinBundle(sql: Sql, { handler, bundle, id }: z.infer<typeof dueRow>, now: number): void {
  const [carrier] = sql.all(
    outboxRow,
    'SELECT row FROM outbox WHERE handler = ? AND notification = (SELECT row FROM notifications WHERE id = ?)',
    handler,
    id,
  )
  if (carrier === undefined) return
  sql.run(
    `UPDATE held INDEXED BY held_next SET carrier = ?
    WHERE carrier IS NULL AND handler = ? AND release_at <= ? AND bundle = ?`,
    ...[carrier.row, handler, now, bundle],
  )
}

/**
 * Splits the bundles of a handler, so that each notification is sent separately at the same time: those that are held,
 * and those in the row of another one, which become due at `now` (Unix ms).
 */
export function unbundle(sql: Sql, handler: string, now: number): void {
  const carried = (): readonly z.infer<typeof dueRow>[] =>
    sql.all(
      dueRow,
      `SELECT held.row AS row, held.handler AS handler, bundle, id, read, notifications.json AS json
      FROM held INDEXED BY held_subject CROSS JOIN notifications ON notifications.row = held.notification
      WHERE held.handler = ? AND carrier IS NOT NULL ORDER BY held.row`,
      handler,
    )
  const bundled = 'held INDEXED BY held_next WHERE carrier IS NULL AND handler = ? AND bundle <> ?'
  const [waiting] = sql.all(countRow, `SELECT count(*) AS count FROM ${bundled}`, handler, '')
  if (waiting?.count === 0 && carried().length === 0) return
  sql.transaction(() => {
    sql.run(`UPDATE held INDEXED BY held_next SET bundle = '' WHERE carrier IS NULL AND handler = ?`, handler)
    for (const row of carried()) {
      sql.run('DELETE FROM held WHERE row = ?', row.row)
      queueDeliveries(sql, notificationOf(sql, row), [handler], now)
    }
  })
}

/** When the next held row of a handler is released, in Unix ms. */
export function nextRelease(sql: Sql, handler: string): number | undefined {
  return sql.all(
    releaseRow,
    `SELECT release_at AS at FROM held INDEXED BY held_next WHERE carrier IS NULL AND handler = ?
    ORDER BY release_at LIMIT 1`,
    handler,
  )[0]?.at
}

/**
 * The notifications sent together with `first` in the outbox row `carrier`, the most urgent ones if there are many.
 * Undefined if there are none.
 */
export function bundleOf(sql: Sql, carrier: number, first: Notification): Bundle | undefined {
  // Most carry nothing: one query is enough for them.
  const [all] = sql.all(
    countRow,
    'SELECT count(*) AS count FROM held INDEXED BY held_carrier WHERE carrier = ?',
    carrier,
  )
  if (all === undefined || all.count === 0) return undefined
  const others = carriedBy(sql, carrier)
  if (others.length === 0) return undefined
  return { notifications: [first, ...others.map((row) => notificationOf(sql, row))], count: 1 + all.count }
}

/** Returns the rows in the order in which they came; if there are many, only the most urgent ones. */
function carriedBy(sql: Sql, carrier: number): readonly z.infer<typeof carriedRow>[] {
  const found: z.infer<typeof carriedRow>[] = []
  for (const priority of priorities.toReversed()) {
    const room = mostKnown - 1 - found.length
    if (room === 0) break
    found.push(
      ...sql.all(
        carriedRow,
        `SELECT held.row AS place, id, read, json FROM held INDEXED BY held_carrier CROSS JOIN notifications
        ON notifications.row = held.notification WHERE carrier = ? AND priority = ? LIMIT ?`,
        ...[carrier, priority, room],
      ),
    )
  }
  return found.toSorted((one, other) => one.place - other.place)
}
