import type { Sql } from '../sql.js'

// A part of a plan is `…/preflight` or `…/hook`.
const planOfPosted = `CASE WHEN subject LIKE '%/preflight' THEN substr(subject, 1, length(subject) - 10)
  WHEN subject LIKE '%/hook' THEN substr(subject, 1, length(subject) - 5) ELSE subject END`
const chainOfPosted = `substr(subject, 1, instr(subject || '/', '/') - 1)`

/**
 * Drops what was posted before then (Unix ms), but for what may still have to be closed or edited: of proposals and
 * upgrades that are tracked, of chains themselves, and of channels that are down. The caller holds the transaction.
 */
export function dropOldPosted(sql: Sql, before: number): void {
  sql.run(
    `DELETE FROM posted INDEXED BY posted_at WHERE at < ?
    AND NOT EXISTS (SELECT 1 FROM proposals WHERE chain = ${chainOfPosted} AND key = ${planOfPosted})
    AND NOT EXISTS (SELECT 1 FROM upgrades WHERE chain = ${chainOfPosted} AND key = ${planOfPosted})
    AND NOT EXISTS (SELECT 1 FROM chains WHERE chain = subject)
    AND NOT EXISTS (SELECT 1 FROM outages WHERE channel = substr(subject, length(${chainOfPosted} || '/channel/') + 1))`,
    before,
  )
}
