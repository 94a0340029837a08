import * as z from 'zod/mini'
import { type DeliveryStore, longestPostponementMs } from './DeliveryStore.js'
import type { Sql } from './sql.js'

const untilRow = z.object({ until: z.number() })

/** The handlers that are paused because their receivers asked for it. */
export function pauses(sql: Sql): Pick<DeliveryStore, 'pause' | 'pausedUntil'> {
  return {
    pause: (handler, until) => {
      sql.run('INSERT OR REPLACE INTO pauses (handler, until) VALUES (?, ?)', handler, until)
    },
    pausedUntil: (handler, now) =>
      sql.all(
        untilRow,
        'SELECT until FROM pauses WHERE handler = ? AND until > ? AND until <= ?',
        ...[handler, now, now + longestPostponementMs],
      )[0]?.until,
  }
}
