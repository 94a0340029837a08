import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'
import { Observable } from 'rxjs'

/**
 * Holds a server to so many connections at a time, from when it is subscribed. One more takes the place of the oldest
 * that has not sent a whole request: whoever opens thousands and asks nothing keeps nobody out, the probes least of
 * all. Where each waits for its answer, the new one is closed.
 *
 * @returns A stream that emits whenever a connection was closed for that.
 */
export function holdPlaces(server: Server, most: number): Observable<void> {
  return new Observable((subscriber) => {
    // In the order in which they came, with what they asked last until it is answered.
    const places = new Map<Socket, IncomingMessage | undefined>()
    server.on('connection', (socket: Socket) => {
      places.set(socket, undefined)
      socket.once('close', () => places.delete(socket))
      if (places.size <= most) return
      const [idle = socket] = [...places].find(([other, asked]) => other !== socket && asked?.complete !== true) ?? []
      places.delete(idle)
      idle.destroy()
      subscriber.next()
    })
    server.on('request', (request, response) => {
      const { socket } = request
      if (!places.has(socket)) return
      places.set(socket, request)
      response.once('close', () => {
        if (places.get(socket) === request) places.set(socket, undefined)
      })
    })
  })
}
