import { confirmOrder, orderOf } from '../../transport/confirmOrder.js'
import { createBatches, type Sent } from '../../transport/createBatches.js'
import { HttpStatusError } from '../http/HttpStatusError.js'
import { isUnrelated } from '../http/isUnrelated.js'
import { requestContext, type RequestContextOptions } from '../http/requestContext.js'
import { refusalOf } from '../http/refusalOf.js'
import { type HttpJsonResponse, requestJson } from '../http/requestJson.js'
import { JsonRpcError } from './JsonRpcError.js'
import { type JsonRpcAnswer, type JsonRpcCall, idIn, matchAnswers, type SentCall } from './matchAnswers.js'

/** One JSON-RPC 2.0 server of a chain, over HTTP POST. Its full URL stays private. */
export interface JsonRpcEndpoint {
  /** Host and port: the only part of the URL that is ever shown. */
  readonly host: string
  /**
   * Sends calls and returns their answers in order; an answer may be an error. Several calls go in one HTTP request, as
   * a batch. If the server accepts fewer calls at once, or no batches, they go in more requests.
   *
   * @throws SourceError if no answer came at all.
   */
  ask(calls: readonly JsonRpcCall[], signal: AbortSignal): Promise<readonly JsonRpcAnswer[]>
}

export interface JsonRpcEndpointOptions extends RequestContextOptions {
  /** Name of the chain, for error messages. */
  readonly chain: string
  readonly urls: readonly string[]
  /** Maximum number of calls in one request. @defaultValue 100 */
  readonly batchSize?: number
}

// Number of parallel requests to a server that accepts no batches: few enough for any server.
const parallel = 5

/** Creates the JSON-RPC servers of one chain. They neither cache nor retry; both are up to the caller. */
export function createJsonRpcEndpoints({
  chain,
  urls,
  batchSize = 100,
  ...options
}: JsonRpcEndpointOptions): readonly JsonRpcEndpoint[] {
  const reach = requestContext(options)
  return urls.map((text) => {
    const url = new URL(text)
    const place = `${url.host} of ${chain}`
    let id = 0

    const send = async (calls: readonly JsonRpcCall[], signal: AbortSignal): Promise<Sent<JsonRpcAnswer>> => {
      const sent = calls.map((call): SentCall => ({ id: (id += 1), ...call }))
      const asked = sent.map((call) => ({ jsonrpc: '2.0', ...call }))
      const single = asked.length === 1
      const heard = await requestJson({ ...reach, url, place, post: JSON.stringify(single ? asked[0] : asked), signal })
      const answers = matchAnswers(sent, heard.body, place, reach.conceal)
      const refused = refusalIn(heard, answers, place)
      if (refused === undefined) return single ? { answers } : leavingOut(sent, heard, answers, place)
      if (refused instanceof HttpStatusError && isUnrelated({ ...heard, isTimed: heard.retryAfterMs !== undefined }))
        throw refused
      if (refused instanceof HttpStatusError) return { refused: 'unclear', error: refused }
      const [answer] = answers
      return single && isUnderstood(refused)
        ? { answers }
        : { refused: 'unclear', error: refused, ...(single && answer !== undefined && { answer }) }
    }
    const confirmed = confirmOrder<JsonRpcCall, JsonRpcAnswer>({
      send,
      contentOf: (answer) => (answer.ok ? answer.result : answer.error.message),
      mismatch: (calls) => new JsonRpcError('transient', `${place} mixed up the answers to a batch of ${calls} calls.`),
    })
    const ask = createBatches<JsonRpcCall, JsonRpcAnswer>({ most: batchSize, parallel, send: confirmed })
    return {
      host: url.host,
      ask,
    }
  })
}

/**
 * Leaves out the calls the server did not answer, so that {@link createBatches} asks again. A server that mixes up the
 * ids in a batch may still answer single calls with the right ids.
 */
function leavingOut(
  sent: readonly SentCall[],
  { body }: HttpJsonResponse,
  answers: readonly JsonRpcAnswer[],
  place: string,
): Sent<JsonRpcAnswer> {
  const entries: readonly unknown[] = Array.isArray(body) ? body : []
  const ids = entries.map(idIn).filter((id) => id !== undefined)
  const told = new Set(ids)
  const found = answers.map((answer, at) => (told.has(String(sent[at]?.id)) ? answer : undefined))
  if (told.size === ids.length && found.some((answer) => answer !== undefined))
    return {
      answers: found,
      order: orderOf(
        ids,
        sent.map(({ id }) => id),
      ),
    }
  const error = new JsonRpcError(
    'transient',
    `${place} answered a batch of ${sent.length} calls with ids that do not match.`,
  )
  return { refused: 'unclear', error }
}

/** The reason why the server did not accept a request; `undefined` if it accepted the request. */
function refusalIn(
  answer: HttpJsonResponse,
  answers: readonly JsonRpcAnswer[],
  place: string,
): HttpStatusError | JsonRpcError | undefined {
  // Some servers send a JSON-RPC error in an unsuccessful HTTP response.
  if (isFailure(answer.status) && !answers.some(isFromServer)) return refusalOf(answer, place)
  const [first] = answers
  return !Array.isArray(answer.body) && first?.ok === false ? first.error : undefined
}

function isFailure(status: number): boolean {
  return status < 200 || status > 299
}

/**
 * True if the server understood the call, even if it answered with an error. After a parse error or an invalid request
 * it did not.
 */
function isUnderstood({ code }: JsonRpcError): boolean {
  return ![undefined, -32600, -32700].includes(code)
}

/** True if the answer comes from the server itself: a result, or an error with a code. */
function isFromServer(answer: JsonRpcAnswer): boolean {
  return answer.ok || answer.error.code !== undefined
}
