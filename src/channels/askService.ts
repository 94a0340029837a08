import { DeliveryError, type FailureKind } from '../domain/errors.js'
import { defined } from '../domain/defined.js'
import { parsedJson } from '../domain/text/boundedJson.js'
import { cleanLine } from '../domain/text/text.js'
import type { HttpClient, HttpResponse } from '../transport/HttpClient.js'
import { redirectOf } from '../transport/redirectOf.js'
import { RequestError } from '../transport/RequestError.js'
import { longestWaitMs, retryAfter } from '../transport/retryAfter.js'

/** Access to a service, for a delivery or a check. */
export interface ServiceAccess {
  readonly http: HttpClient
  readonly signal: AbortSignal
  /** Host clock, Unix milliseconds. Without it, a date in `Retry-After` is ignored. */
  readonly now?: () => number
}

/** A request to a service. */
export interface ServiceRequest extends ServiceAccess {
  /** Name of the service, as it begins a sentence: `Slack`. */
  readonly service: string
  /** Its path and query may hold a key, so errors name only the host. */
  readonly url: URL
  /** @defaultValue GET, or POST if there is a body */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH'
  readonly headers?: Readonly<Record<string, string>>
  /** JSON, unless a header says otherwise. */
  readonly body?: string
  /** Longest wait for the whole answer, in milliseconds. */
  readonly timeoutMs: number
  /** Removes secrets from what the service says. @defaultValue nothing is removed */
  readonly conceal?: (text: string) => string
  /** True if only the status counts: the body may be cut off or missing. @defaultValue false */
  readonly statusOnly?: boolean
  /**
   * Interprets the answer of a service that says more than its status. Returns `undefined` if the answer is not from
   * this service, such as the page of a proxy; it then counts as transient. @defaultValue the status alone
   */
  readonly judge?: (answer: ServiceAnswer) => Verdict | undefined
}

/** An answer with any status. */
export interface ServiceAnswer {
  readonly status: number
  readonly header: (name: string) => string | undefined
  readonly text: string
  /** The text parsed as JSON; `undefined` if it is not JSON. */
  readonly json: unknown
}

/** The meaning of an answer. */
export interface Verdict {
  /** @defaultValue by the status: 2xx is taken; 408, 425, 429 and 5xx are transient; all others are permanent */
  readonly kind?: 'taken' | FailureKind
  /** The service's own code for the failure. */
  readonly code?: string
  /** The service's own description of the failure. It is untrusted, so it is cleaned and cut here. */
  readonly words?: string
  /** Our own sentence that says what to do. */
  readonly advice?: string
  /** How long the service asks to wait, in milliseconds. @defaultValue what `Retry-After` says */
  readonly waitMs?: number
}

/** The service answered and did not accept the request. */
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

// Maximum size of an answer, in bytes. An answer that returns the posted message stays below it.
const maxAnswerBytes = 256 * 1_024
// Maximum size of a body that is ignored, in bytes. A shorter one is read to its end, so that the connection can be
// reused.
const maxStatusBytes = 4_096

/**
 * Sends one request to a service and returns the answer if the service accepted the request. Redirects are not
 * followed.
 *
 * @throws DeliveryError transient if there is no whole answer: the service may or may not have accepted the request.
 * @throws ServiceRefusal for every answer that does not accept the request; transient if a retry may succeed.
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

/** Turns the error of a request without a whole answer into a delivery error. */
export function unanswered(cause: unknown, who: string): unknown {
  return cause instanceof RequestError ? new DeliveryError(cause.kind, `${who} ${cause.message}`) : cause
}

function placeOf({ service, url }: ServiceRequest): string {
  return `${service} at ${url.host}`
}

/** The meaning of a status by itself. */
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
    return `answered ${answer.status} with something other than an answer of ${request.service}. Check what is between govstream and the service.`
  }
  const { conceal = (text: string) => text } = request
  // Secrets are removed before the text is cut; otherwise the beginning of a secret could remain.
  const said = cleanLine(conceal((verdict.words ?? '').slice(0, 20_000)), 200).replace(/[.\s]+$/, '')
  const advice = verdict.advice === undefined ? '' : ` ${verdict.advice}`
  // Some services answer 200 and put the failure into the body.
  const outcome = kindOfStatus(answer.status) === 'taken' ? 'with an error' : String(answer.status)
  return `answered ${outcome}${said === '' ? '' : `: ${said}`}.${advice}`
}

function waitOf(answer: HttpResponse, verdict: Verdict | undefined, now: number): number | undefined {
  const named = verdict?.waitMs
  if (named === undefined) return retryAfter(answer.header('retry-after'), now)
  return Math.min(longestWaitMs, Math.max(0, Math.ceil(named)))
}
