import { createServer, type IncomingHttpHeaders } from 'node:http'
import { once } from 'node:events'
import { WebSocketServer, type WebSocket } from 'ws'

/** A real WebSocket server. */
export interface PushServer {
  readonly url: string
  readonly port: number
  /** Headers of every handshake, in order. */
  readonly handshakes: IncomingHttpHeaders[]
  /** Messages of all clients, in order. */
  readonly heard: string[]
  /** To every connected client. */
  readonly say: (text: string) => void
  readonly each: (act: (client: WebSocket) => void) => void
  /** Resolves when so many clients have opened a socket, in total. */
  readonly opened: (count: number) => Promise<void>
  readonly stop: () => Promise<void>
}

export interface PushServerOptions {
  /** @defaultValue a free one */
  readonly port?: number
  /** Status of the answer to every handshake in place of a socket. */
  readonly refuses?: number
  /** The answer to each message of a client. @defaultValue none */
  readonly answer?: (message: string) => string | undefined
}

export async function startPushServer({ port = 0, refuses, answer }: PushServerOptions = {}): Promise<PushServer> {
  const handshakes: IncomingHttpHeaders[] = []
  const heard: string[] = []
  let count = 0
  const http = createServer((_request, response) => response.writeHead(404).end())
  const sockets = new WebSocketServer({ noServer: true })
  http.on('upgrade', (request, socket, head) => {
    handshakes.push(request.headers)
    if (refuses !== undefined) {
      socket.end(`HTTP/1.1 ${refuses} No\r\nContent-Length: 2\r\n\r\nno`)
      return
    }
    sockets.handleUpgrade(request, socket, head, (client) => sockets.emit('connection', client, request))
  })
  sockets.on('connection', (client) => {
    count += 1
    client.on('message', (data) => {
      const text = Buffer.isBuffer(data) ? data.toString('utf8') : ''
      heard.push(text)
      const said = answer?.(text)
      if (said !== undefined) client.send(said)
    })
  })
  http.listen(port, '127.0.0.1')
  await once(http, 'listening')
  const address = http.address()
  if (address === null || typeof address === 'string') throw new Error('The test server has no port.')
  const each: PushServer['each'] = (act) => sockets.clients.forEach((client) => act(client))
  return {
    url: `ws://127.0.0.1:${address.port}`,
    port: address.port,
    handshakes,
    heard,
    say: (text) => each((client) => client.send(text)),
    each,
    async opened(wanted) {
      while (count < wanted) await once(sockets, 'connection')
    },
    async stop() {
      const closed = once(http, 'close')
      each((client) => client.terminate())
      http.close()
      http.closeAllConnections()
      await closed
    },
  }
}
