import { defer, finalize, from, type Observable } from 'rxjs'
import { RemoteError } from '../domain/errors.js'
import { basicAuthorization } from '../domain/secrets/basicAuthorization.js'
import { cleanLine } from '../domain/text/text.js'
import { causeOf } from '../transport/causes.js'
import { type Fetch, statusOf } from '../transport/createFetchClient.js'
import { redirectOf } from '../transport/redirectOf.js'
import { createStreamParser, type StreamBlock } from './parseEventStream.js'

/** Which events to request, and how. */
export interface StreamRequest {
  /** Base URL of the govstream; user and password in it are sent as basic authentication. */
  readonly base: URL
  readonly token: string | undefined
  /** The stream resumes after this event. */
  readonly lastEventId: string | undefined
  readonly fetch: Fetch
  /** Removes the token from what a server says. */
  readonly conceal: (text: string) => string
}

/** The connection failed or ended; it is retried. */
export class LostError extends Error {}

// Maximum size of one event, in characters. Twenty proposals with the longest texts take a tenth of it.
const maxEventChars = 16_000_000

/**
 * Opens the event stream. Emits an empty list once it is open, then the blocks of each chunk, none for a heartbeat.
 *
 * Errors with a `RemoteError` if a retry would get the same answer, and with a `LostError` otherwise, also at the end
 * of the stream.
 */
export function openStream(request: StreamRequest): Observable<readonly StreamBlock[]> {
  return defer(() => {
    const ending = new AbortController()
    return from(readStream(request, ending.signal)).pipe(finalize(() => ending.abort()))
  })
}

async function* readStream(request: StreamRequest, signal: AbortSignal): AsyncGenerator<readonly StreamBlock[]> {
  const { origin } = request.base
  const response = await ask(request, signal)
  const body = bodyOf(response, request)
  yield []
  const reader = body.getReader()
  const [decoder, parser] = [new TextDecoder(), createStreamParser(maxEventChars)]
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const bytes: unknown = part.value
      if (bytes instanceof Uint8Array) yield parser.push(decoder.decode(bytes, { stream: true }))
    }
  } catch (cause) {
    if (cause instanceof RangeError) throw new LostError(`${origin} sent too much at once: ${cause.message}`, { cause })
    throw lost(origin, cause)
  }
  throw new LostError(`${origin} ended the stream of events.`)
}

async function ask({ base, token, lastEventId, fetch }: StreamRequest, signal: AbortSignal): Promise<Response> {
  const headers = {
    accept: 'text/event-stream',
    ...basicAuthorization(base),
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
  }
  try {
    return await fetch(eventsOf(base), { headers, signal, redirect: 'manual', cache: 'no-store', credentials: 'omit' })
  } catch (cause) {
    if (isForbidden(cause))
      throw new RemoteError(
        `${base.origin} cannot be asked: no browser and no fetch goes to port ${base.port}, which belongs to another service. Have it listen at another port.`,
      )
    throw lost(base.origin, cause)
  }
}

/** Returns true if `fetch` refused the port. It refuses certain ports on every platform, without an error code. */
function isForbidden(cause: unknown): boolean {
  return cause instanceof Error && cause.cause instanceof Error && cause.cause.message === 'bad port'
}

function eventsOf(base: URL): URL {
  const url = new URL('api/v1/events', base)
  url.username = ''
  url.password = ''
  return url
}

function lost(origin: string, cause: unknown): LostError {
  const { code, what, todo } = causeOf(cause)
  return new LostError(`${origin} cannot be followed (${code}): ${what}. ${todo}`, { cause })
}

// Statuses for which a retry gets the same answer, and what to do about them.
const refusals: Readonly<Record<number, string>> = {
  403: 'does not let this token read: give one of its http.tokens.read',
  404: 'has no events to follow: it is not a govstream, or an older version',
  421: 'does not accept this host name: add it to its http.hosts',
}

function bodyOf(response: Response, { base, token, conceal }: StreamRequest): ReadableStream<Uint8Array> {
  const { origin } = base
  const { headers, body } = response
  const status = statusOf(response)
  const type = conceal(cleanLine(headers.get('content-type') ?? '', 100))
  if (status === 200 && body !== null && /^text\/event-stream\b/i.test(type)) return body
  void body?.cancel()
  if (status === 200)
    throw new LostError(
      `${origin} answered with ${type === '' ? 'nothing' : type}, not with a stream of events: check that it is the address of a govstream.`,
    )
  if (status === 401) {
    const what = token === undefined ? 'asks for a token' : 'refuses the token'
    throw new RemoteError(`${origin} ${what} (401): give one of its http.tokens.`, status)
  }
  if (status >= 500 || status === 408 || status === 429) throw new LostError(`${origin} answered with ${status}.`)
  const redirect = redirectOf({ status, header: (name) => headers.get(name) ?? undefined }, eventsOf(base))
  if (redirect !== undefined) throw new RemoteError(`${origin} ${conceal(redirect)}`, status)
  const refusal = refusals[status] ?? 'does not take the question: look at its address and its version'
  throw new RemoteError(`${origin} ${refusal} (${status}).`, status)
}
