import { defer, finalize, from, type Observable } from 'rxjs'
import { RemoteError } from '../domain/errors.js'
import { basicAuthorization } from '../domain/secrets/basicAuthorization.js'
import { cleanLine } from '../domain/text/text.js'
import { causeOf } from '../transport/causes.js'
import { type Fetch, statusOf } from '../transport/createFetchClient.js'
import { redirectOf } from '../transport/redirectOf.js'
import { createStreamParser, type StreamBlock } from './parseEventStream.js'

/** Which events are asked for, and how. */
export interface StreamRequest {
  /** Of the govstream; user and password in it are sent as basic authentication. */
  readonly base: URL
  readonly token: string | undefined
  /** Goes on behind this event. */
  readonly lastEventId: string | undefined
  readonly fetch: Fetch
  /** Hides the token in what a server says. */
  readonly conceal: (text: string) => string
}

/** The connection came to nothing or to an end: it is tried again. */
export class LostError extends Error {}

// Of one event: twenty proposals with the longest texts are a tenth of it.
const maxEventChars = 16_000_000

/**
 * Opens the stream of events and emits what each part of it holds, nothing where it is no more than a heartbeat.
 *
 * Errors with a `RemoteError` where the answer will be the same the next time, and with a `LostError` otherwise, also
 * at the end of the stream.
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

/** Ports that `fetch` refuses wherever it runs; it has no code for that. */
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

// Answers that come again as they are, and what to do about them.
const refusals: Readonly<Record<number, string>> = {
  403: 'does not let this token read: give one of its http.tokens.read',
  404: 'has no events to follow: it is no govstream, or one of an older version',
  421: 'does not go by this name: add it to its http.hosts',
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
      `${origin} answered with ${type === '' ? 'nothing' : type}, and no stream of events: see that it is the address of a govstream.`,
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
