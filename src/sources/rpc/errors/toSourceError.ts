import { SourceError } from '../../../domain/errors.js'
import { RequestError } from '../../../transport/RequestError.js'
import { classifyRpcError } from './classifyRpcError.js'
import { findCause } from './findCause.js'

/** Converts any failure of a read into a `SourceError` that names the host, but no other part of the URL. */
export function toSourceError(cause: unknown, chain: string, host: string): SourceError {
  if (cause instanceof SourceError) return cause
  const failed = findCause(cause, (error) => error instanceof RequestError)
  if (failed !== undefined) return unansweredBy(`${host} of ${chain}`, failed)
  const failure = classifyRpcError(cause)
  if (failure.unknownTag) {
    return new SourceError(
      'permanent',
      `${host} of ${chain} does not know the block tag it was asked for (${failure.message}): ` +
        'set finality to latest or to a number of confirmations.',
    )
  }
  const kind = failure.class === 'permanent' || failure.class === 'reverted' ? 'permanent' : 'transient'
  // The cause is left out, because viem's errors carry the URL and the request.
  const unanswered = failure.unreached === true
  return new SourceError(kind, `${host} of ${chain} ${phrases[failure.class]}: ${failure.message}`, { unanswered })
}

/** The error of a request to `place` without a usable answer; one that is too large is an answer, too. */
export function unansweredBy(place: string, { kind, message, failure }: RequestError): SourceError {
  return new SourceError(kind, `${place} ${message}`, { unanswered: failure !== 'too-large' })
}

const phrases = {
  transient: 'gave no usable answer',
  permanent: 'refuses the request',
  'range-too-large': 'finds the request too large',
  'rate-limit': 'asks for fewer requests',
  reverted: 'reverted a call that must not fail',
} as const
