import { HttpStatusError } from './HttpStatusError.js'
import type { HttpAnswer } from './requestJson.js'

/** An answer that is no success as an error that names the host and what the server said. */
export function refusalOf({ status, headers, text }: HttpAnswer, place: string): HttpStatusError {
  const said = text === '' ? '' : `: ${text}`
  if (status === 429 || status === 402) return new HttpStatusError('transient', `${place} asks for fewer requests (HTTP ${status}${said}).`, status, retryAfterOf(headers))
  const isLasting = status >= 400 && status < 500 && status !== 408
  return new HttpStatusError(isLasting ? 'permanent' : 'transient', `${place} refuses the request (HTTP ${status}${said}).`, status, retryAfterOf(headers))
}

function retryAfterOf(headers: Headers): number | undefined {
  const header = headers.get('Retry-After')?.trim()
  // The form with a date would need a clock; servers send seconds.
  return header !== undefined && /^[0-9]{1,6}$/.test(header) ? Number(header) * 1000 : undefined
}
