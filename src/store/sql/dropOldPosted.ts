import { partSubjects } from '../../domain/notifications/events/planSubject.js'
import type { Sql } from '../sql.js'

// The subject of a part of a plan begins with the subject of the plan.
const cases = partSubjects('').map(
  (ending) => `WHEN subject LIKE '%${ending}' THEN substr(subject, 1, length(subject) - ${ending.length})`,
)
const planOfPosted = `CASE ${cases.join(' ')} ELSE subject END`
/** The chain of a post, as SQL. */
export const chainOfPosted = `substr(subject, 1, instr(subject || '/', '/') - 1)`

/**
 * Deletes posts made before a time (Unix ms), except those that may still have to be closed or edited: of tracked
 * proposals and upgrades, of chains, and of channels that are down. The caller holds the transaction.
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
