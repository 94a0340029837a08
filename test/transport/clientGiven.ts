import { once, setMaxListeners } from 'node:events'
import type { Server } from 'node:http'
import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { createHttpClient, type HttpClientOptions } from '../../src/transport/createHttpClient.js'
import type { HttpRequest, HttpResponse } from '../../src/transport/HttpClient.js'

/** A file of the test certificate. */
export const at = (file: string): string => fileURLToPath(new URL(`../support/servers/tls/${file}`, import.meta.url))
const signal: AbortSignal = new AbortController().signal
// Many requests listen to it.
setMaxListeners(0, signal)
/** The limits of a request in the tests. */
export const limits: Pick<HttpRequest, 'timeoutMs' | 'maxBytes' | 'signal'> = {
  timeoutMs: 60_000,
  maxBytes: 100_000,
  signal,
}

export const get = (
  url: string,
  request: Partial<HttpRequest> = {},
  options: HttpClientOptions = {},
): Promise<HttpResponse> => createHttpClient(options).request({ ...limits, url: new URL(url), ...request })
/** The message with which a request fails. */
export const failure = async (asked: Promise<unknown>): Promise<string> =>
  asked.then(
    () => 'it was answered',
    (cause: unknown) => (cause instanceof Error ? cause.message : String(cause)),
  )

/** What a proxy does for a tunnel: connects it to a port of this machine. */
export function tunnel(socket: Duplex, port: number): void {
  const target = connect(port, '127.0.0.1', () => {
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
    target.pipe(socket).pipe(target)
  })
  target.on('error', () => socket.destroy())
  socket.on('error', () => target.destroy())
}

/** The port of a server that listens until the end of the test. */
export async function opened(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
    await Promise.resolve()
  })
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}
