import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'

export interface Listening {
  readonly url: string
  readonly port: number
  /** Cuts every connection and closes. */
  readonly stop: () => Promise<void>
}

/** A real HTTP server on a free port, or on `port` to restart a former one. */
export async function listen(listener: RequestListener, port = 0): Promise<Listening> {
  const server = createServer(listener)
  // During a test that computes for seconds, neither end notices that a connection has idled
  // for longer than this, and the next request would use one that is being closed.
  server.keepAliveTimeout = 60_000
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The test server has no port.')
  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    async stop() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
