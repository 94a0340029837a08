import type { IncomingHttpHeaders } from 'node:http'
import { text } from 'node:stream/consumers'
import { arrivals } from '../arrivals.js'
import { listen } from './listen.js'

export interface ReceivedRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** As sent, byte for byte. */
  readonly body: string
}

/** What to answer: `drop` cuts the connection, `hang` never answers. */
export type WebhookAnswer =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  | 'drop'
  | 'hang'

export interface WebhookServer {
  readonly url: string
  readonly requests: readonly ReceivedRequest[]
  /** Answers for the next requests, one each; afterwards 200 again. */
  answerNext(...answers: readonly WebhookAnswer[]): void
  /** The answer when none is prepared. */
  answerAlways(answer: WebhookAnswer): void
  /** Resolves with all requests once `count` have arrived. */
  waitFor(count: number): Promise<readonly ReceivedRequest[]>
  stop(): Promise<void>
}

/** A real receiver of webhooks. */
export async function startWebhookServer(): Promise<WebhookServer> {
  const received = arrivals<ReceivedRequest>()
  const next: WebhookAnswer[] = []
  let always: WebhookAnswer = { status: 200 }

  const server = await listen((request, response) => {
    void text(request).then((body) => {
      const answer = next.shift() ?? always
      if (answer === 'drop') request.socket.destroy()
      else if (answer !== 'hang') response.writeHead(answer.status, answer.headers).end(answer.body)
      received.add({ method: request.method ?? '', path: request.url ?? '', headers: request.headers, body })
    })
  })
  return {
    url: server.url,
    requests: received.all,
    answerNext: (...answers) => {
      next.push(...answers)
    },
    answerAlways(answer) {
      always = answer
    },
    waitFor: received.waitFor,
    stop: server.stop,
  }
}
