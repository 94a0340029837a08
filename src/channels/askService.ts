import { DeliveryError, type FailureKind } from '../domain/errors.js'
import { defined } from '../domain/defined.js'
import { parsedJson } from '../domain/text/boundedJson.js'
import { cleanLine } from '../domain/text/text.js'
import type { HttpClient, HttpResponse } from '../transport/HttpClient.js'
import { redirectOf } from '../transport/redirectOf.js'
import { RequestError } from '../transport/RequestError.js'
import { longestWaitMs, retryAfter } from '../transport/retryAfter.js'

/** What a service is asked with, in a delivery or a check. */
export interface ServiceAccess {
  readonly http: HttpClient
  readonly signal: AbortSignal
  /** Host clock, Unix milliseconds: without it, no date in a `Retry-After` is understood. */
  readonly now?: () => number
}

/** What a service is asked. */
export interface ServiceRequest extends ServiceAccess {
  /** Who is asked, as it begins a sentence: `Slack`. */
  readonly service: string
  /** Its path and query may hold a key: errors name the host alone. */
  readonly url: URL
  /** @defaultValue GET, POST where there is a body */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH'
  readonly headers?: Readonly<Record<string, string>>
  /** JSON, unless a header says otherwise. */
  readonly body?: string
  /** Longest wait for the whole answer, in milliseconds. */
  readonly timeoutMs: number
  /** Takes the secrets out of what the service says. @defaultValue as it is */
  readonly conceal?: (text: string) => string
  /** The status is all that counts: whatever becomes of the body is fine. @defaultValue false */
  readonly statusOnly?: boolean
  /**
   * What an answer means where this service says more than its status. `undefined`: that is no answer of this service,
   * such as the page of a proxy, and so it is not the last word. @defaultValue the status alone
   */
  readonly judge?: (answer: ServiceAnswer) => Verdict | undefined
}

/** An answer, whatever its status. */
export interface ServiceAnswer {
  readonly status: number
  readonly header: (name: string) => string | undefined
  readonly text: string
  /** What the text means as JSON; `undefined` where it is none. */
  readonly json: unknown
}

/** What an answer means. */
export interface Verdict {
  /** @defaultValue by the status: 2xx is taken, 408, 425, 429 and 5xx are transient, all others permanent */
  readonly kind?: 'taken' | FailureKind
  /** The name that the service gives to the failure. */
  readonly code?: string
  /** What the service says of it. Foreign: cleaned and cut here. */
  readonly words?: string
  /** Our own sentence: what to do about it. */
  readonly advice?: string
  /** How long the service asks to wait, in milliseconds. @defaultValue what `Retry-After` says */
  readonly waitMs?: number
}

/** A service answered, and did not take what it was asked. */
export class ServiceRefusal extends DeliveryError {
  constructor(
    kind: FailureKind,
    message: string,
    override readonly status: number,
    /** The name that the service gives to the failure. */
    readonly code?: string,
    retryAfterMs?: number,
  ) {
    super(kind, message, retryAfterMs, status)
  }
}

// An answer of a service that gives back what was posted stays below it.
const maxAnswerBytes = 256 * 1_024
// A short answer is read to its end, so that the connection can serve again; a long one is cut off.
const maxStatusBytes = 4_096

/**
 * Asks a service once and gives its answer where it took what it was asked. No redirect is followed.
 *
 * @throws DeliveryError transient where there is no whole answer: nobody knows whether it was taken.
 * @throws ServiceRefusal for every answer that does not take it, transient where it may be taken later.
 */
export async function askService(request: ServiceRequest): Promise<ServiceAnswer> {
  const { http, url, statusOnly = false, headers = {}, body } = request
  const type = body === undefined ? {} : { 'content-type': 'application/json' }
  const response = await http
    .request({
      url,
      headers: { 'user-agent': 'govstream', ...type, ...headers },
      timeoutMs: request.timeoutMs,
      maxBytes: statusOnly ? maxStatusBytes : maxAnswerBytes,
      once: true,
      signal: request.signal,
      ...defined({ method: request.method, body }),
      ...(statusOnly && { statusOnly }),
    })
    .catch((cause: unknown) => {
      throw unanswered(cause, placeOf(request))
    })
  const answer = { ...response, json: parsedJson(response.text) }
  const verdict = request.judge === undefined ? {} : request.judge(answer)
  if (verdict !== undefined && (verdict.kind ?? kindOfStatus(answer.status)) === 'taken') return answer
  throw refusal(answer, verdict, request)
}

/** The delivery error of a request that has no whole answer. */
export function unanswered(cause: unknown, who: string): unknown {
  return cause instanceof RequestError ? new DeliveryError(cause.kind, `${who} ${cause.message}`) : cause
}

function placeOf({ service, url }: ServiceRequest): string {
  return `${service} at ${url.host}`
}

/** What a status alone says. */
export function kindOfStatus(status: number): 'taken' | FailureKind {
  if (status >= 200 && status <= 299) return 'taken'
  return status === 408 || status === 425 || status === 429 || status >= 500 ? 'transient' : 'permanent'
}

function refusal(answer: HttpResponse, verdict: Verdict | undefined, request: ServiceRequest): ServiceRefusal {
  const kind = verdict === undefined ? 'transient' : (verdict.kind ?? kindOfStatus(answer.status))
  const reason = `${placeOf(request)} ${reasonIn(answer, verdict, request)}`
  if (kind === 'permanent') return new ServiceRefusal(kind, reason, answer.status, verdict?.code)
  return new ServiceRefusal(
    'transient',
    reason,
    answer.status,
    verdict?.code,
    waitOf(answer, verdict, request.now?.() ?? NaN),
  )
}

function reasonIn(answer: HttpResponse, verdict: Verdict | undefined, request: ServiceRequest): string {
  const redirect = redirectOf(answer, request.url)
  if (redirect !== undefined) return redirect
  if (verdict === undefined) {
    return `answered ${answer.status} with something that is no answer of ${request.service}. Look at what stands in between.`
  }
  const { conceal = (text: string) => text } = request
  // Concealed before it is cut, or the beginning of a secret may stay.
  const said = cleanLine(conceal((verdict.words ?? '').slice(0, 20_000)), 200).replace(/[.\s]+$/, '')
  const advice = verdict.advice === undefined ? '' : ` ${verdict.advice}`
  return `answered ${answer.status}${said === '' ? '' : `: ${said}`}.${advice}`
}

function waitOf(answer: HttpResponse, verdict: Verdict | undefined, now: number): number | undefined {
  const named = verdict?.waitMs
  if (named === undefined) return retryAfter(answer.header('retry-after'), now)
  return Math.min(longestWaitMs, Math.max(0, Math.ceil(named)))
}
