import * as z from 'zod/mini'
import type { SteadyClock } from '../steadyClock.js'
import type { Sql } from '../sql.js'

const markRow = z.object({ boot: z.string(), ahead: z.number() })

// Clocks that are set right little by little are off by less for a while.
const slackMs = 1_000

/**
 * Takes note of how far the clock of the host, which shows `now` (Unix ms), is ahead of the steady one. Where that is
 * less than it was, the clock was set back: what waits for another try, or rests, is moved back with it and waits no
 * longer than it was to. An outage of a channel has lasted as long as it did, however the clock was set. Where the
 * machine was started in between nobody knows how long it was off: all that waits is due.
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
  // 0 is what was never tried: due wherever the clock goes.
  sql.run(`UPDATE outbox SET next_at = max(1, next_at - ?) WHERE state = 'pending' AND next_at > 0`, ms)
  sql.run('UPDATE pauses SET until = until - ?', ms)
}

/** What is measured from then on is as long as it was: nobody is told of hours that were none. */
function moveOutages(sql: Sql, ms: number): void {
  // What is not there is not replaced: it has no such time.
  sql.run(
    `UPDATE outages SET json = json_replace(json,
      '$.since', json_extract(json, '$.since') + ?1,
      '$.lastAt', json_extract(json, '$.lastAt') + ?1,
      '$.upSince', json_extract(json, '$.upSince') + ?1)`,
    ms,
  )
}
