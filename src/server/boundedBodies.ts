import type { MiddlewareHandler } from 'hono'
import { answerProblem } from './problem.js'

/**
 * Refuses bodies beyond so many bytes, also one that does not tell its length. (That of hono makes a new request out of
 * the one that was read, which the requests of its Node server do not bear where the global ones are left alone.)
 */
export function boundedBodies(most: number): MiddlewareHandler {
  const tooLong = (): Response =>
    answerProblem(413, `Expected a body of at most ${most} bytes.`, { headers: { connection: 'close' } })
  return async (c, next) => {
    const { method, headers, body, url } = c.req.raw
    if (Number(headers.get('content-length') ?? 0) > most) return tooLong()
    if (!headers.has('transfer-encoding') || body === null) return next()
    const stream: ReadableStream<Uint8Array> = body
    const chunks: Uint8Array[] = []
    let length = 0
    for await (const chunk of stream) {
      length += chunk.length
      if (length > most) return tooLong()
      chunks.push(chunk)
    }
    c.req.raw = new Request(url, { method, headers, body: Buffer.concat(chunks) })
    return next()
  }
}
