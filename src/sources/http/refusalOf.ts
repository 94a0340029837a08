import { HttpStatusError } from './HttpStatusError.js'
import type { HttpJsonResponse } from './requestJson.js'

// Refusals of these statuses are transient: the server was too slow, or the request too early.
const passing: readonly number[] = [408, 425]

/** Converts an unsuccessful answer into an error that names the host and what the server said. */
export function refusalOf(
  { status, retryAfterMs, text }: Pick<HttpJsonResponse, 'status' | 'retryAfterMs' | 'text'>,
  place: string,
): HttpStatusError {
  const said = text === '' ? '' : `: ${text}`
  if (status === 429 || status === 402)
    return new HttpStatusError(
      'transient',
      `${place} asks for fewer requests (HTTP ${status}${said}).`,
      status,
      retryAfterMs,
    )
  const isLasting = status >= 400 && status < 500 && !passing.includes(status)
  return new HttpStatusError(
    isLasting ? 'permanent' : 'transient',
    `${place} refuses the request (HTTP ${status}${said}).`,
    status,
    retryAfterMs,
  )
}
