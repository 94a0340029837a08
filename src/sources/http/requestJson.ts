import { basicAuthorization } from '../../domain/basicAuthorization.js'
import { SourceError } from '../../domain/errors.js'
import { parsedJson } from '../../domain/boundedJson.js'
import { withoutSecrets } from '../rpc/withoutSecrets.js'
import { readBody } from './readBody.js'

/** What a server said, whatever the status. */
export interface HttpAnswer {
  readonly status: number
  readonly headers: Headers
  /** The parsed body; `undefined` where it is no JSON, which a success never is. */
  readonly body: unknown
  /** The body of a failure as text, capped and without URLs. */
  readonly text: string
}

export interface JsonRequest {
  readonly url: URL
  /** Who is asked, for the sentences of failures. */
  readonly place: string
  /** JSON to post; without it the request is a GET. */
  readonly post?: string
  readonly timeoutMs: number
  readonly maxBytes: number
  readonly signal: AbortSignal
}

/**
 * One GET or POST, from the connection to the last byte within the timeout; an abort closes the socket.
 *
 * @throws SourceError, transient, where no whole answer came or a success holds no JSON. It never tells the URL.
 */
export async function requestJson({ url, place, post, timeoutMs, maxBytes, signal }: JsonRequest): Promise<HttpAnswer> {
  const controller = new AbortController()
  const stop = (): void => controller.abort()
  const late = new AbortController()
  const timer = setTimeout(() => {
    late.abort()
    stop()
  }, timeoutMs)
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  try {
    const response = await fetch(withoutUser(url), {
      signal: controller.signal,
      headers: { accept: 'application/json', ...(post !== undefined && { 'content-type': 'application/json' }), ...basicAuthorization(url) },
      ...(post !== undefined && { method: 'POST', body: post }),
    })
    const raw = await readBody(response, maxBytes)
    if (raw === undefined) throw new SourceError('transient', `${place} answered with more than ${maxBytes} bytes.`)
    const body = parsedJson(raw)
    if (response.ok && body === undefined) throw new SourceError('transient', `${place} answered with something that is no JSON.`)
    return { status: response.status, headers: response.headers, body, text: withoutSecrets(raw.slice(0, 2_000)) }
  } catch (cause) {
    if (cause instanceof SourceError) throw cause
    if (signal.aborted) throw new SourceError('transient', `The request to ${place} was stopped.`)
    if (late.signal.aborted) throw new SourceError('transient', `${place} did not answer within ${timeoutMs} ms.`)
    throw new SourceError('transient', `${place} cannot be reached${reasonOf(cause)}.`)
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
  }
}

/** fetch takes no URL with a user in it. */
function withoutUser(url: URL): URL {
  const bare = new URL(url)
  bare.username = ''
  bare.password = ''
  return bare
}

/** The code of the system, such as ECONNREFUSED: the messages may hold the URL. */
function reasonOf(cause: unknown): string {
  const inner: unknown = cause instanceof Error ? cause.cause : undefined
  const code: unknown = typeof inner === 'object' && inner !== null && 'code' in inner ? inner.code : undefined
  return typeof code === 'string' && /^[A-Z0-9_]{1,60}$/.test(code) ? ` (${code})` : ''
}
