import * as z from 'zod/mini'
import type { DeliveryStanding } from './DeliveryStore.js'
import type { Sql } from './sql.js'

const standingRow = z.object({
  handler: z.string(),
  state: z.enum(['delivered', 'dead', 'pending', 'held']),
  attempts: z.number(),
  at: z.number(),
  reason: z.string(),
})

/** Returns the deliveries of one notification, by handler. */
export function deliveriesOf(sql: Sql, id: string): readonly DeliveryStanding[] {
  return sql.all(
    standingRow,
    `WITH wanted AS (SELECT row FROM notifications WHERE id = ?)
    SELECT handler, state, attempts, iif(state = 'pending', next_at, at) AS at, reason
      FROM outbox WHERE notification = (SELECT row FROM wanted)
    UNION ALL
    SELECT held.handler, coalesce(carrier.state, 'held'), coalesce(carrier.attempts, 0),
        coalesce(carrier.next_at, held.release_at), coalesce(carrier.reason, '')
      FROM held LEFT JOIN outbox AS carrier ON carrier.row = held.carrier
      WHERE held.notification = (SELECT row FROM wanted)
    ORDER BY 1`,
    id,
  )
}
