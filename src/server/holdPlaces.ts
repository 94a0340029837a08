import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'
import { Observable } from 'rxjs'

/**
 * Limits the number of connections of a server while it is subscribed. A connection over the limit replaces the oldest
 * one without a complete request, so that a client that opens thousands and asks nothing keeps nobody out, least of all
 * the probes. If all others wait for an answer, the new one is closed.
 *
 * @returns A stream that emits whenever a connection was closed for this reason.
 */
export function holdPlaces(server: Server, most: number): Observable<void> {
  return new Observable((subscriber) => {
    // In the order of arrival, each with its last request until that is answered.
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
