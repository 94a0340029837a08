import type { Duplex } from 'node:stream'
import { problemOf, problemType } from './problem.js'

// What is refused before there is a request that a route could be found for.

const refusals: Readonly<Record<string, readonly [status: number, detail: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request did not come in time.'],
  HPE_HEADER_OVERFLOW: [431, 'The header is too long.'],
}

/** Says to a client what is wrong with what it sent, and closes its connection. */
export function refuseRaw(error: Error, socket: Duplex, lingerMs: number): void {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (!socket.writable || code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const [status, detail] = refusals[code] ?? [400, 'This is no request of HTTP/1.1.']
  const problem = problemOf(status, detail)
  const body = JSON.stringify(problem)
  // At once it would be lost to a client that still sends; one that keeps its end open would hold a place for ever.
  const linger = setTimeout(() => socket.destroy(), lingerMs)
  socket.once('close', () => clearTimeout(linger))
  socket.end(
    [
      `HTTP/1.1 ${status} ${problem.title}`,
      `content-type: ${problemType}`,
      `content-length: ${Buffer.byteLength(body)}`,
      'connection: close',
      '',
      body,
    ].join('\r\n'),
  )
}

/** Answers where a request could not be made of what was sent, such as with a URL that is none. */
export function answerFailure(): Response {
  return new Response(JSON.stringify(problemOf(400, 'This request is not understood.')), {
    status: 400,
    headers: { 'content-type': problemType },
  })
}
