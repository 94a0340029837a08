import type { HttpEndpoint } from '../../http/createHttpEndpoints.js'
import type { Memory } from './context.js'

const oldForMs = 600_000

/**
 * Forgets every ten minutes that a server has no gov v1, so that the next list is requested in v1 first. A wrong answer
 * and an upgrade of the chain are noticed within that time.
 */
export function reconsiderVersion(endpoint: HttpEndpoint, { versions, oldSince }: Memory, now: number): void {
  if (versions.get(endpoint) !== 'v1beta1') {
    oldSince.delete(endpoint)
    return
  }
  const since = oldSince.get(endpoint) ?? now
  oldSince.set(endpoint, since)
  // Uses the absolute difference, so that a clock that was set back also leads to a new request.
  if (Math.abs(now - since) <= oldForMs) return
  oldSince.delete(endpoint)
  versions.delete(endpoint)
}
