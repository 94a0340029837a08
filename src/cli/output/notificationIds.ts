import { createHash } from 'node:crypto'
import { itemsMeantBy, type ShortId, shortIds } from './shortIds.js'

/**
 * Short ids of notifications. Theirs begin alike, with chain, contract and proposal, so that their starts tell nothing:
 * the start of a hash does, as with git.
 */
export function shortNotificationIds(ids: Iterable<string>): ShortId {
  const all = [...ids]
  const short = shortIds(all.map(hashOf))
  return (id) => short(hashOf(id)).replace('…', '')
}

/** The ids that one of them, whole or short, means. */
export function notificationsMeant(ids: Iterable<string>, given: string): readonly string[] {
  return itemsMeantBy([...new Set(ids)], given, (id) => [id, hashOf(id)])
}

function hashOf(id: string): string {
  return createHash('sha256').update(id).digest('hex')
}
