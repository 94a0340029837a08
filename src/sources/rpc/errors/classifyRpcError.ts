import { BaseError, HttpRequestError, ResponseBodyTooLargeError, RpcRequestError, TimeoutError } from 'viem'
import { RequestError } from '../../../transport/RequestError.js'
import { isOutage } from '../../http/isOutage.js'
import { retryAfter } from '../../../transport/retryAfter.js'
import { findCause } from './findCause.js'
import {
  lagTexts,
  missingBlock,
  permanentTexts,
  rangeLimit,
  rangeTexts,
  rateTexts,
  revertTexts,
  tagTexts,
} from './errorTexts.js'
import { type BlockRange, suggestedRange } from '../logs/suggestedRange.js'
import { withoutSecrets } from './withoutSecrets.js'

export type RpcErrorClass = 'transient' | 'permanent' | 'range-too-large' | 'rate-limit' | 'reverted'

/** What an RPC failure means for the caller. */
export interface RpcFailure {
  readonly class: RpcErrorClass
  /** What the node said, limited in length and without URLs. */
  readonly message: string
  /** The node does not know the requested block tag. */
  readonly unknownTag?: true
  /** The text is one of the known permanent ones, such as a wrong key, so the size of the request is not the reason. */
  readonly known?: true
  /** The node does not have the requested block: it is behind, or another node reported that block. */
  readonly lagging?: true
  /** The node timed out, or the request did. */
  readonly timedOut?: true
  /** A gateway answered in place of the node, which it does not reach. */
  readonly unreached?: true
  /** The range the node proposes, if it names one. */
  readonly suggestedRange?: BlockRange
}

/**
 * Classifies the failure of a request. The text is checked before the code, and the code before the HTTP status.
 * Unknown failures count as transient, because a retry is cheap and a dropped poll is not.
 */
export function classifyRpcError(cause: unknown): RpcFailure {
  const http = findCause(cause, (error) => error instanceof HttpRequestError)
  const rpc = findCause(cause, (error) => error instanceof RpcRequestError)
  const status = http?.status ?? rpc?.status
  const unanswered = findCause(cause, (error) => error instanceof RequestError)
  const words = unanswered?.message ?? wordsOf(cause, rpc)
  const text = words.toLowerCase()
  const range = suggestedRange(text, rpc?.data)
  const message = withoutSecrets(words === '' ? 'it gave no reason' : words)
  const timedOut =
    findCause(cause, (error) => error instanceof TimeoutError) !== undefined ||
    unanswered?.failure === 'late' ||
    /timed out|time-?out/.test(text)
  const has = (fragments: readonly string[]): boolean => fragments.some((fragment) => text.includes(fragment))
  const of = (kind: RpcErrorClass): RpcFailure => ({
    class: kind,
    message: status === undefined || message.includes(`HTTP ${status}`) ? message : `HTTP ${status}: ${message}`,
    ...(kind === 'range-too-large' && range !== undefined && { suggestedRange: range }),
    ...(timedOut && { timedOut: true }),
  })

  if (unanswered !== undefined) return of(unanswered.failure === 'too-large' ? 'range-too-large' : 'transient')
  if (status !== undefined && status >= 300 && status <= 399) return of('permanent')
  if (has(tagTexts)) return { ...of('permanent'), unknownTag: true, known: true }
  if (has(lagTexts) || missingBlock.test(text) || text.trim() === 'invalid block range')
    return { ...of('transient'), lagging: true }
  if (rpc?.code === -32601) {
    // Every node has the methods we use, so a gateway that denies one has probably lost its node.
    return of('transient')
  }
  if (has(['invalid block range params', 'specify address'])) return { ...of('permanent'), known: true }
  if (findCause(cause, (error) => error instanceof ResponseBodyTooLargeError) !== undefined)
    return of('range-too-large')
  if (has(rateTexts) || rpc?.code === 429) return of('rate-limit')
  if (has(rangeTexts) || rangeLimit.test(text)) return of('range-too-large')
  if (status === 429 || status === 402) return of('rate-limit')
  if (rpc?.code === 3 || has(revertTexts)) return of('reverted')
  if (has(permanentTexts)) return { ...of('permanent'), known: true }
  if (rpc?.code === -32602 || rpc?.code === -32008) return of('permanent')
  if (status === 413) return of('range-too-large')
  if (rpc === undefined && isOutage(status)) return { ...of('transient'), unreached: true }
  return of(status === 401 || status === 404 || (status === 403 && rpc === undefined) ? 'permanent' : 'transient')
}

/**
 * How long the node asks not to be contacted, in milliseconds; `undefined` if it does not. `now` is Unix milliseconds.
 */
export function retryAfterIn(cause: unknown, now: number): number | undefined {
  const http = findCause(cause, (error) => error instanceof HttpRequestError)
  const rpc = findCause(cause, (error) => error instanceof RpcRequestError)
  return retryAfter((http?.headers ?? rpc?.headers)?.get('Retry-After'), now) ?? backoffIn(rpc?.data)
}

// The message of viem's errors contains the URL and the request body, so only the text of the node is used.
function wordsOf(cause: unknown, rpc: RpcRequestError | undefined): string {
  if (rpc !== undefined) {
    const data = textIn(rpc.data)
    const said = rpc.details || textIn(rpc.cause)
    return data === '' || said.includes(data) ? said : `${said} ${data}`
  }
  const words =
    cause instanceof BaseError
      ? cause.details || cause.shortMessage
      : cause instanceof Error
        ? cause.message
        : textIn(cause)
  const code = codeOf(cause)
  return code === undefined ? words : `${words} (${code})`
}

/** The system error code, such as ECONNREFUSED. The text "fetch failed" alone does not help to find the cause. */
function codeOf(cause: unknown): string | undefined {
  const error = findCause(
    cause,
    (one): one is Error & { readonly code: string } =>
      one instanceof Error && 'code' in one && typeof one.code === 'string' && /^E[A-Z_]{2,40}$/.test(one.code),
  )
  return error?.code
}

function textIn(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value !== 'object' || value === null) return ''
  return Object.values(value)
    .filter((part) => typeof part === 'string')
    .join(' ')
}

/** Reads the seconds to wait, which some providers put into the error data. Returns milliseconds. */
function backoffIn(data: unknown): number | undefined {
  const rate: unknown = typeof data === 'object' && data !== null && 'rate' in data ? data.rate : undefined
  const seconds: unknown =
    typeof rate === 'object' && rate !== null && 'backoff_seconds' in rate ? rate.backoff_seconds : undefined
  return typeof seconds === 'number' ? retryAfter(String(seconds), 0) : undefined
}
