import { SourceError } from '../../../domain/errors.js'
import type { HttpEndpoint } from '../../http/createHttpEndpoints.js'
import { hungAtAfter, patienceWith } from '../patience.js'
import { type AskPath, askRest, type Rest } from './rest.js'

// Who fails later than this has not refused, but has hung.
const lateMs = 500

/**
 * Asks what a reading can do without. The first question that fails is the last one of this reading, for nothing else
 * in it may be lost by that: the height of an upgrade passes meanwhile. One that is not answered in time is not waited
 * for to the end, and for some minutes hardly at all.
 *
 * @param hungAt - Kept from reading to reading for questions of one kind: the host time at which a server last hung.
 */
export function askAside(rest: Rest, hungAt: Map<HttpEndpoint, number>, now: () => number): AskPath {
  const { endpoint, signal } = rest
  const before = hungAt.get(endpoint)
  let failures = 0
  return async (path) => {
    if (failures > 0) return { type: 'unknown' }
    const begun = now()
    const limit = AbortSignal.timeout(patienceWith(before, begun))
    try {
      const answer = await askRest(rest, path, {}, AbortSignal.any([signal, limit]))
      if (failures === 0) hungAt.delete(endpoint)
      return answer
    } catch (error) {
      if (signal.aborted || !(error instanceof SourceError || limit.aborted)) throw error
      failures += 1
      const after = hungAtAfter(before, { isLate: limit.aborted || now() - begun >= lateMs, now: now() })
      if (after === undefined) hungAt.delete(endpoint)
      else hungAt.set(endpoint, after)
      return { type: 'unknown', hasFailed: true }
    }
  }
}
