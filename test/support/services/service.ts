import type { IncomingHttpHeaders } from 'node:http'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'
import { arrivals, type Arrivals } from '../arrivals.js'
import { listen } from '../servers/listen.js'

export interface ServiceCall {
  readonly method: string
  /** Without the query, percent-encoded as sent. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  /** As sent. */
  readonly body: string
  /** `undefined` if the body is not JSON. */
  readonly json: unknown
}

export interface ServiceReply {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** Text is sent unchanged, anything else as JSON. */
  readonly body?: unknown
}

/**
 * How a service misbehaves: it processes the request and cuts the connection, hangs or answers
 * 500, cuts or hangs without processing it, has a proxy that answers instead, or answers this;
 * `none`: the next call succeeds.
 */
export type Mishap =
  | 'none'
  | 'commit-then-drop'
  | 'commit-then-hang'
  | 'commit-then-500'
  | 'drop'
  | 'hang'
  | 'html'
  | 'html-502'
  | ServiceReply

export interface Service {
  readonly url: string
  /** Every call, whatever the answer. */
  readonly calls: Arrivals<ServiceCall>
  /** The failures of the next calls, one each. */
  readonly fail: (...mishaps: readonly Mishap[]) => void
}

const page = '<!DOCTYPE html><html><body><h1>Gateway</h1><p>Please sign in.</p></body></html>'
const html = { 'content-type': 'text/html; charset=utf-8' }

/** A real HTTP server with the rules of a service: `answer` is the service. Stops with the test. */
export async function startService(answer: (call: ServiceCall) => ServiceReply): Promise<Service> {
  const calls = arrivals<ServiceCall>()
  const mishaps: Mishap[] = []
  const replyTo = (call: ServiceCall, mishap: Mishap | undefined): ServiceReply | 'drop' | 'hang' => {
    if (mishap === undefined || mishap === 'none') return answer(call)
    if (mishap === 'html') return { status: 200, headers: html, body: page }
    if (mishap === 'html-502') return { status: 502, headers: html, body: page }
    if (mishap === 'commit-then-drop' || mishap === 'commit-then-hang' || mishap === 'commit-then-500') {
      const reply = answer(call)
      if (reply.status >= 300) throw new Error(`The service did not take it: ${JSON.stringify(reply)}`)
      if (mishap === 'commit-then-500') return { status: 500, body: 'Internal Server Error' }
      return mishap === 'commit-then-drop' ? 'drop' : 'hang'
    }
    return mishap
  }
  const server = await listen((request, response) => {
    void text(request).then((body) => {
      const url = new URL(request.url ?? '', 'http://service')
      const { method = '', headers } = request
      const call = { method, path: url.pathname, query: url.searchParams, headers, body, json: jsonOf(body) }
      const reply = replyTo(call, mishaps.shift())
      if (reply === 'drop') request.socket.destroy()
      else if (reply !== 'hang') {
        const type = typeof reply.body === 'string' ? 'text/plain' : 'application/json'
        const written = typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body ?? {})
        response.writeHead(reply.status, { 'content-type': type, ...reply.headers }).end(written)
      }
      calls.add(call)
    })
  })
  onTestFinished(server.stop)
  return {
    url: server.url,
    calls,
    fail: (...next) => {
      mishaps.push(...next)
    },
  }
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

/** The header in which most services give the wait. */
export function retryAfter(waitMs: number): Readonly<Record<string, string>> {
  return { 'retry-after': String(Math.ceil(waitMs / 1_000)) }
}

/**
 * Counts calls in a window of time, as the limits of services do. Its clock is that of the
 * test.
 */
export function rateLimit(most: number, perMs: number, now: () => number): () => number | undefined {
  const times: number[] = []
  return () => {
    while (times[0] !== undefined && times[0] <= now() - perMs) times.shift()
    if (times.length < most) {
      times.push(now())
      return undefined
    }
    return (times[0] ?? 0) + perMs - now()
  }
}
