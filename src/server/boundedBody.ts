import type { MiddlewareHandler } from 'hono'
import { answerProblem } from './problem.js'
import type { ServerEnv } from './ServerContext.js'

/**
 * Reads the body of a request, with or without a declared length, up to `maxSize` bytes, and refuses a larger one. It
 * replaces the middleware of hono, which builds a request from a request; Node refuses that for requests of its server.
 */
export function boundedBody(maxSize: number): MiddlewareHandler<ServerEnv> {
  return async (c, next) => {
    const { body, headers, method } = c.req.raw
    if (body === null) return next()
    const taken = Number(headers.get('content-length') ?? 0) > maxSize ? undefined : await readBounded(body, maxSize)
    if (taken === undefined)
      return answerProblem(413, `Expected a body of at most ${maxSize} bytes.`, { headers: { connection: 'close' } })
    c.req.raw = new Request(c.req.url, { method, headers, body: taken })
    return next()
  }
}

/** Returns the bytes of a body; undefined if it is larger. */
async function readBounded(
  body: ReadableStream<Uint8Array>,
  maxSize: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > maxSize) return undefined
    chunks.push(chunk)
  }
  return new Uint8Array(Buffer.concat(chunks))
}
