import type { Duplex } from 'node:stream'
import { problemOf, problemType } from './problem.js'

// Errors of the HTTP parser: there is no request yet that could be routed.

const refusals: Readonly<Record<string, readonly [status: number, detail: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request did not come in time.'],
  HPE_HEADER_OVERFLOW: [431, 'The header is too long.'],
}

/** Answers a client whose request cannot be parsed, and closes its connection. */
export function refuseUnparsed(error: Error, socket: Duplex, lingerMs: number): void {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (!socket.writable || code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const [status, detail] = refusals[code] ?? [400, 'This is not an HTTP/1.1 request.']
  const problem = problemOf(status, detail)
  const body = JSON.stringify(problem)
  // Closing at once would lose the answer while the client still sends; never closing would let it keep the connection.
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

/** Answers if no request object can be made, such as for an invalid URL. */
export function answerFailure(): Response {
  return new Response(JSON.stringify(problemOf(400, 'This request is not understood.')), {
    status: 400,
    headers: { 'content-type': problemType },
  })
}
