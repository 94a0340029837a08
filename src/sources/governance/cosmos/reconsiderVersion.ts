import type { HttpEndpoint } from '../../http/createHttpEndpoints.js'
import type { Memory } from './context.js'

const oldForMs = 600_000

/**
 * Forgets now and then that a server has no gov v1, so that the next list is asked for in v1 first: an answer that was
 * wrong, and a chain that is upgraded, are seen within ten minutes.
 */
export function reconsiderVersion(endpoint: HttpEndpoint, { versions, oldSince }: Memory, now: number): void {
  if (versions.get(endpoint) !== 'v1beta1') {
    oldSince.delete(endpoint)
    return
  }
  const since = oldSince.get(endpoint) ?? now
  oldSince.set(endpoint, since)
  // A clock that was set back has it asked for, too.
  if (Math.abs(now - since) <= oldForMs) return
  oldSince.delete(endpoint)
  versions.delete(endpoint)
}
