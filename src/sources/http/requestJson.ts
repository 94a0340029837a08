import { SourceError } from '../../domain/errors.js'
import { parsedJson } from '../../domain/text/boundedJson.js'
import { defined } from '../../domain/defined.js'
import type { HttpClient } from '../../transport/HttpClient.js'
import { redirectOf } from '../../transport/redirectOf.js'
import { RequestError } from '../../transport/RequestError.js'
import { retryAfter } from '../../transport/retryAfter.js'
import { unansweredBy } from '../rpc/errors/toSourceError.js'
import { withoutSecrets } from '../rpc/errors/withoutSecrets.js'
import { HttpStatusError } from './HttpStatusError.js'

/** The answer of a server, whatever its status. */
export interface HttpJsonResponse {
  readonly status: number
  readonly headers: { readonly get: (name: string) => string | null }
  /** How long the server asks not to be contacted, in milliseconds. */
  readonly retryAfterMs?: number
  /** The parsed body; `undefined` if it is not JSON, which only an unsuccessful answer may be. */
  readonly body: unknown
  /** The body of a failure as text, limited in length, without URLs and secrets. */
  readonly text: string
}

/** How a server is reached. */
export interface RequestContext {
  readonly http: HttpClient
  /** Sent with every request. */
  readonly headers: Readonly<Record<string, string>>
  /** Maximum wait for one answer, in milliseconds. */
  readonly timeoutMs: number
  readonly maxBytes: number
  /** Removes secrets from the text of a server's refusal. */
  readonly conceal: (text: string) => string
  /** Returns the time in Unix milliseconds. */
  readonly now: () => number
}

export interface JsonRequest extends RequestContext {
  readonly url: URL
  /** The server that is asked, for error messages. */
  readonly place: string
  /** JSON body of a POST; without it the request is a GET. */
  readonly post?: string
  readonly signal: AbortSignal
}

/**
 * Sends one GET or POST. The time-out covers everything from the connection to the last byte; an abort closes the
 * socket.
 *
 * @throws SourceError, transient, if no complete answer came or a successful answer is not JSON. The message never
 *   holds the URL.
 * @throws HttpStatusError, permanent, for a redirect, because redirects are not followed.
 */
export async function requestJson({
  url,
  place,
  post,
  http,
  headers,
  timeoutMs,
  maxBytes,
  signal,
  conceal,
  now,
}: JsonRequest): Promise<HttpJsonResponse> {
  const { status, header, text } = await http
    .request({
      url,
      timeoutMs,
      maxBytes,
      signal,
      headers: {
        ...headers,
        accept: 'application/json',
        ...(post !== undefined && { 'content-type': 'application/json' }),
      },
      ...defined({ body: post }),
    })
    .catch((cause: unknown) => {
      throw cause instanceof RequestError ? unansweredBy(place, cause) : cause
    })
  const redirect = redirectOf({ status, header }, url)
  if (redirect !== undefined) throw new HttpStatusError('permanent', `${place} ${redirect}`, status)
  const isGood = status >= 200 && status <= 299
  const body = parsedJson(text)
  if (isGood && body === undefined)
    throw new SourceError('transient', `${place} answered with something that is not JSON.`)
  const retryAfterMs = isGood ? undefined : retryAfter(header('retry-after'), now())
  return {
    status,
    headers: { get: (name) => header(name) ?? null },
    ...defined({ retryAfterMs }),
    body,
    text: isGood ? '' : withoutSecrets(conceal(text.slice(0, 20_000)).slice(0, 2_000)),
  }
}
