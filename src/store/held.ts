import * as z from 'zod/mini'
import { type Notification, priorities, subjectOf } from '../domain/notifications/notification.js'
import { defined } from '../domain/defined.js'
import type { Bundle, HeldDelivery, NotificationRoute, Pace } from '../domain/notifications/routing.js'
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

// What a burst has left comes out in parts, so that no look at the outbox takes long.
const atOnce = 500
// Of a bundle; a message shows fewer.
const mostKnown = 50
// Within it a clock is set right; a step back by more shows that the one of before was wrong.
const clockSlackMs = 60_000

/** Keeps a notification of the inbox back from a handler until its time. The caller holds the transaction. */
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

/** Keeps in mind when a group comes out. */
function noteRelease(sql: Sql, { handler, releaseAt, group }: HeldDelivery): void {
  if (group === undefined) return
  sql.run(
    `INSERT INTO releases (handler, bundle, release_at, until) VALUES (?, ?, ?, ?)
    ON CONFLICT (handler, bundle) DO UPDATE SET release_at = excluded.release_at, until = excluded.until`,
    ...[handler, group.key, releaseAt, group.until],
  )
}

/** When a group was last to come out at a handler, Unix ms; undefined where that is forgotten. */
export function lastRelease(sql: Sql, handler: string, group: string): number | undefined {
  return sql.all(
    releaseRow,
    'SELECT release_at AS at FROM releases WHERE handler = ? AND bundle = ?',
    handler,
    group,
  )[0]?.at
}

/** Forgets groups that are over at `now` (Unix ms). The caller holds the transaction. */
export function dropReleases(sql: Sql, now: number): void {
  sql.run('DELETE FROM releases WHERE until <= ?', now)
}

/**
 * Asks the route anew about what was held by a clock that was ahead of `now` (Unix ms), as if it came now: a time of
 * day does not move with the error of a clock. What the route does not hold any more is let out. Of much only a part;
 * true where more is left.
 */
export function rehold(
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

/** How the route holds it back now; undefined where it does not. */
function routedAnew(
  sql: Sql,
  notification: Notification,
  handler: string,
  { at, pace, route }: { readonly at: number; readonly pace: Pace | undefined; readonly route: NotificationRoute },
): HeldDelivery | undefined {
  const routed = route(notification, {
    at,
    // It happened before them, and what it might close has not been told: else it would not be held.
    silences: [],
    hasTold: () => false,
    lastRelease: (one, group) => lastRelease(sql, one, group),
    ...defined({ pace }),
  })
  const to = 'to' in routed ? routed.to : routed
  return to.flatMap((delivery) => (typeof delivery === 'string' || delivery.handler !== handler ? [] : [delivery]))[0]
}

/**
 * Lets out what is to come out at `now` (Unix ms): into the outbox, due at once, a bundle as one row. What has waited
 * longest comes first.
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

/** All that comes out with the notification that was just queued. */
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
 * Has all that is to leave a handler as one message leave by itself, at the same time: what is held, and what waits
 * with the row of another one, at `now` (Unix ms).
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

/** When the next held row of a handler comes out, Unix ms. */
export function nextRelease(sql: Sql, handler: string): number | undefined {
  return sql.all(
    releaseRow,
    `SELECT release_at AS at FROM held INDEXED BY held_next WHERE carrier IS NULL AND handler = ?
    ORDER BY release_at LIMIT 1`,
    handler,
  )[0]?.at
}

/**
 * What leaves together with `first`, in the outbox row `carrier`: the most urgent, where it is much. Undefined where
 * nothing does.
 */
export function bundleOf(sql: Sql, carrier: number, first: Notification): Bundle | undefined {
  const others = carriedBy(sql, carrier)
  if (others.length === 0) return undefined
  const [all] = sql.all(
    countRow,
    'SELECT count(*) AS count FROM held INDEXED BY held_carrier WHERE carrier = ?',
    carrier,
  )
  return {
    notifications: [first, ...others.map((row) => notificationOf(sql, row))],
    count: 1 + (all?.count ?? others.length),
  }
}

/** In the order they came; of many, the most urgent. */
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
