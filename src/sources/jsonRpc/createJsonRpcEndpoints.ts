import { createBatches, type Sent } from '../../transport/createBatches.js'
import { HttpStatusError } from '../http/HttpStatusError.js'
import { isUnrelated } from '../http/isUnrelated.js'
import { requestContext, type RequestContextOptions } from '../http/requestContext.js'
import { refusalOf } from '../http/refusalOf.js'
import { type HttpJsonResponse, requestJson } from '../http/requestJson.js'
import { JsonRpcError } from './JsonRpcError.js'
import { type JsonRpcAnswer, type JsonRpcCall, idIn, matchAnswers, type SentCall } from './matchAnswers.js'

/** One JSON-RPC 2.0 server of a chain, over HTTP POST. Its whole URL is known only inside. */
export interface JsonRpcEndpoint {
  /** Host and port: all that is ever told of the URL. */
  readonly host: string
  /**
   * Asks several things and gives the answers in order; an answer may be an error. One HTTP request, a batch where
   * there are several calls. A server that takes fewer calls at once, or no batch, is asked in more requests.
   *
   * @throws SourceError where no answer came at all.
   */
  ask(calls: readonly JsonRpcCall[], signal: AbortSignal): Promise<readonly JsonRpcAnswer[]>
}

export interface JsonRpcEndpointOptions extends RequestContextOptions {
  /** Name of the chain, for the sentences of failures. */
  readonly chain: string
  readonly urls: readonly string[]
  /** Most calls in one request. @defaultValue 100 */
  readonly batchSize?: number
}

// How many calls go at once where a server takes no batch: few enough for any.
const abreast = 5

/** The JSON-RPC servers of one chain: no cache and no retry, for both are the caller's business. */
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
    const ask = createBatches<JsonRpcCall, JsonRpcAnswer>({ most: batchSize, abreast, send })
    return {
      host: url.host,
      ask,
    }
  })
}

/**
 * The answers of a batch without those the server left out, for {@link createBatches} to ask again. A server that mixes
 * up the ids of a batch may give right ones for single calls.
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
  if (told.size === ids.length && found.some((answer) => answer !== undefined)) return { answers: found }
  const error = new JsonRpcError(
    'transient',
    `${place} answered a batch of ${sent.length} calls with ids that do not match.`,
  )
  return { refused: 'unclear', error }
}

/** Why a server did not take a request, where it did not. */
function refusalIn(
  answer: HttpJsonResponse,
  answers: readonly JsonRpcAnswer[],
  place: string,
): HttpStatusError | JsonRpcError | undefined {
  // Some servers put an error of JSON-RPC into a failure of HTTP.
  if (isFailure(answer.status) && !answers.some(isTold)) return refusalOf(answer, place)
  const [first] = answers
  return !Array.isArray(answer.body) && first?.ok === false ? first.error : undefined
}

function isFailure(status: number): boolean {
  return status < 200 || status > 299
}

/**
 * True where the server took the call for one, whatever it said to it: parse errors and invalid requests it did not.
 */
function isUnderstood({ code }: JsonRpcError): boolean {
  return ![undefined, -32600, -32700].includes(code)
}

/** True where the server itself said something: a result, or an error with a code. */
function isTold(answer: JsonRpcAnswer): boolean {
  return answer.ok || answer.error.code !== undefined
}
