import { SourceError } from '../../../domain/errors.js'
import type { HttpEndpoint } from '../../http/createHttpEndpoints.js'
import { timeLimit } from '../../timeLimit.js'
import { hungAtAfter, patienceWith } from '../patience.js'
import { type AskPath, askRest, type Rest } from './rest.js'

// A request that fails after more milliseconds than this has hung; an earlier failure is a refusal.
const lateMs = 500

/**
 * Creates a function for requests that a reading can do without. After the first failure it requests nothing more in
 * this reading, so that the rest of the reading is not delayed, for example past the height of an upgrade. Requests
 * have a short time limit, which is even shorter for some minutes after a server hung.
 *
 * @param hungAt - When a server last hung on requests of one kind, in host time. Keep it from reading to reading.
 */
export function optionalRequests(rest: Rest, hungAt: Map<HttpEndpoint, number>, now: () => number): AskPath {
  const { endpoint, signal } = rest
  const before = hungAt.get(endpoint)
  let failures = 0
  return async (path) => {
    if (failures > 0) return { type: 'unknown' }
    const begun = now()
    const limit = timeLimit(signal, patienceWith(before, begun))
    try {
      const answer = await askRest(rest, path, {}, limit.signal)
      if (failures === 0) hungAt.delete(endpoint)
      return answer
    } catch (error) {
      if (signal.aborted || !(error instanceof SourceError || limit.isOver())) throw error
      failures += 1
      const after = hungAtAfter(before, { isLate: limit.isOver() || now() - begun >= lateMs, now: now() })
      if (after === undefined) hungAt.delete(endpoint)
      else hungAt.set(endpoint, after)
      return { type: 'unknown', hasFailed: true }
    } finally {
      limit.end()
    }
  }
}
