import * as z from 'zod/mini'
import { channelNameOf, type Notification } from '../domain/notifications/notification.js'
import { type Outage, stepOutage } from '../domain/notifications/outage.js'
import type { DeliveryStore } from './DeliveryStore.js'
import { decode, encode } from './codec.js'
import { remembered } from './remembered.js'
import type { Sql } from './sql.js'

const text = z.string()
const number = z.number()
const outageRow: z.ZodMiniType<Outage> = z.looseObject({
  channel: text,
  chain: text,
  since: number,
  lastAt: number,
  tries: number,
  reason: text,
  status: z.exactOptional(number),
  isDown: z.boolean(),
  isTold: z.boolean(),
  pausedUntil: z.exactOptional(number),
  upSince: z.exactOptional(number),
})
const row = z.object({ channel: text, json: text })
const sinceRow = z.object({ at: number })
const waitingRow = z.object({ waiting: number })

/** The channels that do not accept notifications. `now` is the host clock in Unix milliseconds. */
export function outages(
  sql: Sql,
  now: () => number,
): Pick<DeliveryStore, 'outages' | 'waitingFor' | 'waitingSince' | 'heldFor' | 'recordAttempt' | 'forgetOutages'> {
  return {
    outages: remembered(sql, now, () =>
      sql.all(row, 'SELECT channel, json FROM outages ORDER BY channel').map((one) => read(sql, one)),
    ),

    waitingFor: (handler) => waitingFor(sql, handler),

    waitingSince: (handler) => {
      const [oldest] = sql.all(
        sinceRow,
        `SELECT notifications.at FROM outbox INDEXED BY outbox_pending
        JOIN notifications ON notifications.row = outbox.notification
        WHERE state = 'pending' AND handler = ? ORDER BY outbox.row LIMIT 1`,
        handler,
      )
      return oldest?.at
    },

    heldFor: (handler) => {
      const [count] = sql.all(
        waitingRow,
        'SELECT count(*) AS waiting FROM held INDEXED BY held_next WHERE carrier IS NULL AND handler = ?',
        handler,
      )
      return count?.waiting ?? 0
    },

    recordAttempt: (channel, tried) => {
      const before = find(sql, channel)
      // A successful attempt at a channel without an outage writes nothing.
      if (before === undefined && tried.ok) return
      sql.transaction(() => put(sql, channel, stepOutage(find(sql, channel), channel, tried)))
    },

    forgetOutages: (known) => {
      const channels = new Set(known)
      for (const found of sql.all(row, 'SELECT channel, json FROM outages'))
        if (!channels.has(found.channel) && !read(sql, found).isTold) put(sql, found.channel, undefined)
    },
  }
}

/** Records that an outage was announced, or that it has ended. The caller holds the transaction. */
export function settleOutage(sql: Sql, notification: Notification): void {
  const channel = channelNameOf(notification)
  const outage = channel === undefined ? undefined : find(sql, channel)
  if (outage === undefined) return
  const isOver = notification.event === 'channel_recovered'
  put(sql, outage.channel, isOver ? undefined : { ...outage, isDown: true, isTold: true })
}

function waitingFor(sql: Sql, handler: string): number {
  const [count] = sql.all(
    waitingRow,
    `SELECT count(*) AS waiting FROM outbox INDEXED BY outbox_next WHERE state = 'pending' AND handler = ?`,
    handler,
  )
  return count?.waiting ?? 0
}

function find(sql: Sql, channel: string): Outage | undefined {
  const [found] = sql.all(row, 'SELECT channel, json FROM outages WHERE channel = ?', channel)
  return found === undefined ? undefined : read(sql, found)
}

function read(sql: Sql, { channel, json }: z.infer<typeof row>): Outage {
  return decode(outageRow, json, { sql, row: `the outage of ${channel}` })
}

function put(sql: Sql, channel: string, outage: Outage | undefined): void {
  if (outage === undefined) sql.run('DELETE FROM outages WHERE channel = ?', channel)
  else sql.run('INSERT OR REPLACE INTO outages (channel, json) VALUES (?, ?)', channel, encode(outage))
}
