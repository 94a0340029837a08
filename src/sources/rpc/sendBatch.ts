import { HttpRequestError, RpcRequestError } from 'viem'
import { parsedJson } from '../../domain/text/boundedJson.js'
import { isJsonObject } from '../../domain/text/json.js'
import { defined } from '../../domain/defined.js'
import { orderOf } from '../../transport/confirmOrder.js'
import type { Sent } from '../../transport/createBatches.js'
import type { HttpClient, HttpResponse } from '../../transport/HttpClient.js'
import { redirectOf } from '../../transport/redirectOf.js'
import { RequestError } from '../../transport/RequestError.js'
import { batchTexts, lagTexts, rateTexts } from './errors/errorTexts.js'
import { isUnrelated } from '../http/isUnrelated.js'

/** One JSON-RPC call of an Ethereum node. */
export interface RpcCall {
  readonly method: string
  readonly params?: unknown
}

export type RpcAnswer =
  { readonly ok: true; readonly result: unknown } | { readonly ok: false; readonly error: RpcRequestError }

export interface NodeOptions {
  readonly url: URL
  readonly http: HttpClient
  readonly headers: Readonly<Record<string, string>>
  readonly timeoutMs: number
  readonly maxBytes: number
  /** Removes secrets from the text of the node's refusal. */
  readonly conceal: (text: string) => string
}

type Entry = Readonly<Record<string, unknown>>
type Body = Entry | readonly unknown[]

// Maximum characters examined, and kept. Secrets are removed before the text is cut to the kept length.
const maxSeen = 20_000
const maxText = 2_000

/**
 * Creates the function that sends one HTTP request to an Ethereum node; several calls go as a batch.
 *
 * Answers are matched by id, never by position: a batch answer with an unknown or repeated id is discarded as a whole.
 * Because some servers return no ids in batches, single calls are tried then. Calls that a batch does not answer are
 * left out, so that {@link createBatches} asks again.
 */
export function batchSender({
  url,
  http,
  headers,
  timeoutMs,
  maxBytes,
  conceal,
}: NodeOptions): (calls: readonly RpcCall[], signal: AbortSignal) => Promise<Sent<RpcAnswer>> {
  const { host } = url
  let id = 0

  return async (calls, signal) => {
    const ids = calls.map(() => (id += 1))
    const asked = calls.map(({ method, params }, at) => ({
      jsonrpc: '2.0',
      id: ids[at],
      method,
      ...defined({ params }),
    }))
    const single = calls.length === 1
    const posted = JSON.stringify(single ? asked[0] : asked)
    const sent = await http
      .request({
        url,
        timeoutMs,
        maxBytes,
        signal,
        body: posted,
        headers: { ...headers, 'content-type': 'application/json', accept: 'application/json' },
      })
      .catch((cause: unknown) => {
        if (!single && cause instanceof RequestError && cause.failure === 'too-large') return cause
        throw cause
      })
    if (sent instanceof RequestError) return { refused: 'size', error: sent }
    const redirect = redirectOf(sent, url)
    if (redirect !== undefined) throw httpError(host, sent, `it ${redirect}`)
    const body = bodyOf(sent.text)
    const isGood = sent.status >= 200 && sent.status <= 299
    const failed = (instead = ''): HttpRequestError =>
      httpError(host, sent, conceal(sent.text.slice(0, maxSeen)).slice(0, maxText) || instead)
    const told = { host, response: sent, conceal }
    if (body === undefined) return refusedUnless(single, sent, failed('it answered with nothing'))
    const refusal = refusalIn(body)
    if (refusal !== undefined) {
      const error = errorIn(refusal, calls[0]?.method ?? '', told)
      return single ? { answers: [{ ok: false, error }] } : refusedUnless(single, sent, error)
    }
    if (!isGood && !hasAnswers(body)) return refusedUnless(single, sent, failed())
    return answersIn(body, calls, ids, told)
  }
}

interface BatchContext extends Pick<NodeOptions, 'conceal'> {
  readonly host: string
  readonly response: HttpResponse
}

/** Reports a refusal of the batch. Throws if the call was a single one or the refusal clearly has another reason. */
function refusedUnless(
  single: boolean,
  sent: HttpResponse,
  error: HttpRequestError | RpcRequestError,
): Sent<RpcAnswer> {
  if (single) throw error
  const { status } = sent
  const text = error.details.toLowerCase()
  if (isUnrelated({ status, text, isTimed: sent.header('retry-after') !== undefined })) throw error
  if (status === 413 || isAboutBatch(text)) return { refused: 'size', error }
  // A text page with a 2xx status is usually shown by a server in maintenance.
  const isPage = status >= 200 && status <= 299 && error instanceof HttpRequestError && sent.text.trim() !== ''
  if (isPage || [...rateTexts, ...lagTexts].some((fragment) => text.includes(fragment))) throw error
  return { refused: 'unclear', error }
}

function isAboutBatch(text: string): boolean {
  return batchTexts.some((fragment) => text.includes(fragment))
}

function bodyOf(text: string): Body | undefined {
  const body = parsedJson(text)
  return isJsonObject(body) || Array.isArray(body) ? body : undefined
}

/** Returns the only error in place of the answers: with an envelope, in a list of one, or without an envelope. */
function refusalIn(body: Body): Entry | undefined {
  const entries = entriesOf(body)
  const [entry] = entries
  if (entry === undefined || entries.length > 1) return undefined
  if ((entry['error'] ?? null) !== null) return entry
  return !('result' in entry) && typeof entry['message'] === 'string' ? { error: entry } : undefined
}

function answersIn(body: Body, calls: readonly RpcCall[], ids: readonly number[], told: BatchContext): Sent<RpcAnswer> {
  const entries = entriesOf(body)
  const [only] = entries
  if (calls.length === 1 && only !== undefined) {
    // HTTP pairs a single call with its answer, so a missing id is accepted; some nodes leave it out.
    if (entries.length > 1 || !['undefined', 'null', String(ids[0])].includes(String(only['id'])))
      throw mismatch(told, calls.length)
    return { answers: [answerIn(only, calls[0]?.method ?? '', told)] }
  }
  const byId = new Map(entries.map((entry) => [String(entry['id']), entry]))
  const known = new Set(ids.map(String))
  if (
    !isList(body) ||
    entries.length !== body.length ||
    byId.size !== entries.length ||
    [...byId.keys()].some((id) => !known.has(id))
  ) {
    return { refused: 'unclear', error: mismatch(told, calls.length) }
  }
  const answers = ids.map((id, at) => {
    const entry = byId.get(String(id))
    return entry === undefined || isLeftOut(entry) ? undefined : answerIn(entry, calls[at]?.method ?? '', told)
  })
  if (answers.some((answer) => answer !== undefined)) return { answers, order: orderOf([...byId.keys()], ids) }
  return {
    refused: 'size',
    error: only === undefined ? mismatch(told, calls.length) : errorIn(only, calls[0]?.method ?? '', told),
  }
}

/** True if the error of a call is about the batch, not about the call. */
function isLeftOut({ error }: Entry): boolean {
  if (!isJsonObject(error) || error['code'] === 3) return false
  const { message, data } = error
  const more = isJsonObject(data) ? data['message'] : data
  return isAboutBatch(
    [message, more]
      .filter((part) => typeof part === 'string')
      .join(' ')
      .toLowerCase()
      .slice(0, maxText),
  )
}

function answerIn(entry: Entry, method: string, told: BatchContext): RpcAnswer {
  if ((entry['error'] ?? null) !== null) return { ok: false, error: errorIn(entry, method, told) }
  if ('result' in entry) return { ok: true, result: entry['result'] }
  return { ok: false, error: errorIn({ error: { code: -32603, message: `no result for ${method}` } }, method, told) }
}

function errorIn(
  { error }: Entry,
  method: string,
  { host, response: { status, header }, conceal }: BatchContext,
): RpcRequestError {
  const { code, message, data }: Entry = isJsonObject(error) ? error : { message: error }
  const isGood = status >= 200 && status <= 299
  return new RpcRequestError({
    url: `//${host}`,
    body: { method },
    error: {
      code: typeof code === 'number' && Number.isInteger(code) ? code : -32000,
      message: conceal((typeof message === 'string' ? message : '').slice(0, maxSeen)).slice(0, maxText),
      ...(data !== undefined && { data: concealedIn(data, conceal) }),
    },
    ...(!isGood && { status, headers: headersOf(header) }),
  })
}

/** Removes secrets from texts; hex data from contracts stays as it is. */
function concealedIn(data: unknown, conceal: (text: string) => string): unknown {
  if (typeof data === 'string')
    return /^0x[0-9a-f]*$/i.test(data) ? data : conceal(data.slice(0, maxSeen)).slice(0, maxText)
  if (!isJsonObject(data)) return data
  return Object.fromEntries(
    Object.entries(data)
      .slice(0, 50)
      .map(([key, value]) => [key, typeof value === 'string' ? concealedIn(value, conceal) : value]),
  )
}

function httpError(host: string, { status, header }: HttpResponse, details: string): HttpRequestError {
  return new HttpRequestError({ url: `//${host}`, status, headers: headersOf(header), details })
}

function mismatch({ host, response: { status, header } }: BatchContext, count: number): HttpRequestError {
  const details = `it answered ${count === 1 ? 'a call' : `a batch of ${count} calls`} with ids that do not match`
  return new HttpRequestError({ url: `//${host}`, status, headers: headersOf(header), details })
}

function headersOf(header: HttpResponse['header']): Headers {
  const retryAfter = header('retry-after')
  return new Headers(retryAfter === undefined ? {} : { 'retry-after': retryAfter })
}

function hasAnswers(body: Body): boolean {
  return entriesOf(body).some((entry) => 'result' in entry || 'error' in entry)
}

function entriesOf(body: Body): readonly Entry[] {
  return isList(body) ? body.filter((entry): entry is Entry => isJsonObject(entry)) : [body]
}

function isList(body: Body): body is readonly unknown[] {
  return Array.isArray(body)
}
