import * as z from 'zod/mini'
import type { SteadyClock } from '../steadyClock.js'
import type { Sql } from '../sql.js'

const markRow = z.object({ boot: z.string(), ahead: z.number() })

// Tolerance in milliseconds, because gradual clock corrections cause smaller differences.
const slackMs = 1_000

/**
 * Records how far the host clock, which shows `now` (Unix ms), is ahead of the steady clock. If the difference became
 * smaller, the host clock was set back; retries and pauses are then moved back with it, so that they do not wait
 * longer. The start of an outage moves with the clock in both directions, so that its duration stays right. After a
 * reboot the elapsed time is unknown, so all waiting rows become due.
 */
export function followClock(sql: Sql, now: number, steady: SteadyClock): void {
  const ahead = now - steady.now()
  const [mark] = sql.all(markRow, 'SELECT boot, ahead FROM clock')
  const isSameBoot = mark?.boot === steady.boot
  if (isSameBoot && Math.abs(mark.ahead - ahead) < slackMs) return
  sql.transaction(() => {
    if (isSameBoot) {
      moveBack(sql, mark.ahead - ahead)
      moveOutages(sql, ahead - mark.ahead)
    } else if (mark !== undefined)
      sql.run(`UPDATE outbox SET next_at = ? WHERE state = 'pending' AND next_at > ?`, now, now)
    sql.run('INSERT OR REPLACE INTO clock (one, boot, ahead) VALUES (1, ?, ?)', steady.boot, ahead)
  })
}

function moveBack(sql: Sql, ms: number): void {
  if (ms <= 0) return
  // 0 means that the row was never tried and is always due.
  sql.run(`UPDATE outbox SET next_at = max(1, next_at - ?) WHERE state = 'pending' AND next_at > 0`, ms)
  sql.run('UPDATE pauses SET until = until - ?', ms)
}

/** Moves the times of outages with the clock, so that their durations stay right. */
function moveOutages(sql: Sql, ms: number): void {
  // json_replace ignores keys that do not exist.
  sql.run(
    `UPDATE outages SET json = json_replace(json,
      '$.since', json_extract(json, '$.since') + ?1,
      '$.lastAt', json_extract(json, '$.lastAt') + ?1,
      '$.upSince', json_extract(json, '$.upSince') + ?1)`,
    ms,
  )
}
