import { createHash } from 'node:crypto'
import { itemsMatching, type ShortId, shortIds } from './shortIds.js'

/**
 * Returns short ids of notifications. Notification ids share long prefixes (chain, contract, proposal), so the short id
 * is the start of a hash, as in git.
 */
export function shortNotificationIds(ids: Iterable<string>): ShortId {
  const all = [...ids]
  const short = shortIds(all.map(hashOf))
  return (id) => short(hashOf(id)).replace('…', '')
}

/** Returns the ids that match a given id, whole or short. */
export function matchingNotifications(ids: Iterable<string>, given: string): readonly string[] {
  return itemsMatching([...new Set(ids)], given, (id) => [id, hashOf(id)])
}

function hashOf(id: string): string {
  return createHash('sha256').update(id).digest('hex')
}
