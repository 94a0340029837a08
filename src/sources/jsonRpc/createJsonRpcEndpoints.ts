import { SourceError } from '../../domain/errors.js'
import { HttpStatusError } from '../http/HttpStatusError.js'
import { refusalOf } from '../http/refusalOf.js'
import { requestJson } from '../http/requestJson.js'
import { type Answer, type Call, matchAnswers, type SentCall } from './matchAnswers.js'

/** One JSON-RPC 2.0 server of a chain, over HTTP POST. Its whole URL is known only inside. */
export interface JsonRpcEndpoint {
  /** Host and port: all that is ever told of the URL. */
  readonly host: string
  /**
   * Asks several things and gives the answers in order; an answer may be an error. One HTTP request, a batch where
   * there are several calls. A server that takes no batch is asked one by one.
   *
   * @throws SourceError where no answer came at all.
   */
  ask(calls: readonly Call[], signal: AbortSignal): Promise<readonly Answer[]>
}

export interface JsonRpcEndpointOptions {
  /** Name of the chain, for the sentences of failures. */
  readonly chain: string
  readonly urls: readonly string[]
  /** Longest wait for one answer, in milliseconds. */
  readonly timeoutMs: number
  /** @defaultValue 32 MiB */
  readonly maxBytes?: number
}

// A server that refused a batch is tried with one again after so many questions: it may have been replaced.
const singlesAtATime = 100
// Few enough for any server, and below the listeners a signal may have.
const atATime = 5
// These refuse whatever is asked, not the form it is asked in.
const unrelated: readonly number[] = [401, 402, 403, 407, 408, 429, 502, 503, 504]

/** The JSON-RPC servers of one chain: no cache and no retry, for both are the caller's business. */
export function createJsonRpcEndpoints({ chain, urls, timeoutMs, maxBytes = 32 * 1024 * 1024 }: JsonRpcEndpointOptions): readonly JsonRpcEndpoint[] {
  return urls.map((text) => {
    const url = new URL(text)
    const place = `${url.host} of ${chain}`
    let id = 0
    let singles = 0

    const send = async (calls: readonly Call[], signal: AbortSignal): Promise<{ readonly answers: readonly Answer[]; readonly body: unknown }> => {
      const sent = calls.map((call): SentCall => ({ id: (id += 1), ...call }))
      const asked = sent.map((call) => ({ jsonrpc: '2.0', ...call }))
      const post = JSON.stringify(asked.length === 1 ? asked[0] : asked)
      const answer = await requestJson({ url, place, post, timeoutMs, maxBytes, signal })
      const answers = matchAnswers(sent, answer.body, place)
      // Some servers put an error of JSON-RPC into a failure of HTTP.
      if (isFailure(answer.status) && !answers.some(isTold)) throw refusalOf(answer, place)
      return { answers, body: answer.body }
    }
    const single = async (call: Call, signal: AbortSignal): Promise<Answer> => {
      const { answers: [answer] } = await send([call], signal)
      if (answer === undefined) throw new SourceError('transient', `${place} gave no answer.`)
      return answer
    }
    /** The answers of a batch, or why the server does not take one. */
    const batch = async (calls: readonly Call[], signal: AbortSignal): Promise<readonly Answer[] | SourceError> => {
      try {
        const { answers, body } = await send(calls, signal)
        const [first] = answers
        return Array.isArray(body) || first?.ok !== false ? answers : first.error
      } catch (cause) {
        if (cause instanceof HttpStatusError && !unrelated.includes(cause.status)) return cause
        throw cause
      }
    }

    return {
      host: url.host,
      async ask(calls, signal) {
        const [first, ...others] = calls
        if (first === undefined) return []
        if (others.length === 0) return [await single(first, signal)]
        singles = Math.max(0, singles - 1)
        const together = singles > 0 ? undefined : await batch(calls, signal)
        if (together !== undefined && !(together instanceof SourceError)) return together
        const answer = await single(first, signal)
        // A server that takes neither has refused for another reason.
        if (together !== undefined && !isUnderstood(answer)) throw together
        if (together !== undefined) singles = singlesAtATime
        const answers = [answer]
        for (let at = 0; at < others.length; at += atATime) {
          answers.push(...(await Promise.all(others.slice(at, at + atATime).map((call) => single(call, signal)))))
        }
        return answers
      },
    }
  })
}

function isFailure(status: number): boolean {
  return status < 200 || status > 299
}

/** True where the server took the call for one, whatever it said to it: parse errors and invalid requests it did not. */
function isUnderstood(answer: Answer): boolean {
  return answer.ok || ![undefined, -32600, -32700].includes(answer.error.code)
}

/** True where the server itself said something: a result, or an error with a code. */
function isTold(answer: Answer): boolean {
  return answer.ok || answer.error.code !== undefined
}
