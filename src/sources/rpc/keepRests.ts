import { SourceError } from '../../domain/errors.js'
import { HttpStatusError } from '../http/HttpStatusError.js'
import { retryAfterIn } from './errors/classifyRpcError.js'

// Rest of an endpoint after a failure, in milliseconds; doubled with each further failure in a row.
const restMs = 5_000
const maxRestMs = 300_000
// An endpoint that hung rests for this many times the delay it caused; otherwise each poll would wait for it again.
const restPerHeld = 4
// Maximum rest that an endpoint can ask for: it may be the operator's own node and has to be tried again.
const maxAskedMs = 3_600_000

interface Rest {
  readonly failures: number
  readonly since: number
  readonly until: number
  /** Before this time the endpoint is not contacted at all, because it asked for that. */
  readonly askedUntil: number
}

/** Which endpoints rest after failures, and for how long. One entry for each endpoint, so the list limits the size. */
interface Rests<E> {
  /** True if the endpoint failed lately, so that others are tried first. */
  readonly isResting: (endpoint: E) => boolean
  /** For how many milliseconds the endpoint asked not to be contacted; 0 or less if it may be. */
  readonly askedMs: (endpoint: E) => number
  /** Begins the rest of an endpoint that failed now with `cause`; `begun` is the start of the request. */
  readonly begin: (endpoint: E, begun: number, cause: unknown) => void
  readonly end: (endpoint: E) => void
}

/** @param now - Returns the time in Unix milliseconds. */
export function keepRests<E>(now: () => number): Rests<E> {
  const rests = new Map<E, Rest>()

  /** If the clock was set back, shifts the rest back as well; it would otherwise last until the clock has caught up. */
  function restOf(endpoint: E): Rest | undefined {
    const rest = rests.get(endpoint)
    const back = rest === undefined ? 0 : rest.since - now()
    if (rest === undefined || back <= 0) return rest
    const { failures, since, until, askedUntil } = rest
    const moved = { failures, since: since - back, until: until - back, askedUntil: askedUntil - back }
    rests.set(endpoint, moved)
    return moved
  }

  return {
    isResting: (endpoint) => (restOf(endpoint)?.until ?? 0) > now(),
    askedMs: (endpoint) => (restOf(endpoint)?.askedUntil ?? 0) - now(),
    begin(endpoint, begun, cause) {
      const before = rests.get(endpoint)?.failures ?? 0
      const since = now()
      const asked = Math.min(maxAskedMs, retryAfterOf(cause, since) ?? 0)
      const own = Math.max(restMs * 2 ** before, restPerHeld * (since - begun))
      const rest = Math.max(asked, Math.min(maxRestMs, own))
      rests.set(endpoint, { failures: before + 1, since, until: since + rest, askedUntil: since + asked })
    },
    end: (endpoint) => void rests.delete(endpoint),
  }
}

function retryAfterOf(cause: unknown, now: number): number | undefined {
  if (cause instanceof HttpStatusError) return cause.retryAfterMs
  return cause instanceof SourceError ? undefined : retryAfterIn(cause, now)
}
