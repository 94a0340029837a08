import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { STATUS_CODES } from 'node:http'
import type { JsonObject } from '../domain/text/json.js'

/** The JSON of an error, RFC 9457. */
interface Problem {
  readonly type: 'about:blank'
  readonly title: string
  readonly status: number
  /** What is wrong and what to do, in one sentence. */
  readonly detail: string
}

export const problemType = 'application/problem+json'

export function problemOf(status: number, detail: string): Problem {
  return { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail }
}

/** Additions to an error answer. */
interface Extra {
  readonly headers?: Readonly<Record<string, string>>
  /** Further members of the JSON. */
  readonly members?: JsonObject
}

/** Creates an error answer. */
export function answerProblem(status: number, detail: string, { headers = {}, members = {} }: Extra = {}): Response {
  return new Response(JSON.stringify({ ...problemOf(status, detail), ...members }), {
    status,
    headers: { 'content-type': problemType, ...headers },
  })
}

/** Creates the exception that a route throws to answer with an error. */
export function refusal(status: ContentfulStatusCode, detail: string, extra: Extra = {}): HTTPException {
  return new HTTPException(status, { message: detail, res: answerProblem(status, detail, extra) })
}
