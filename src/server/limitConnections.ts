import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'
import { ignoreElements, merge, Observable, take, tap } from 'rxjs'

/**
 * Limits the number of connections of a server while it is subscribed. A connection over the limit replaces the oldest
 * one without a complete request, so that a client that opens thousands and asks nothing keeps nobody out, least of all
 * the probes. If all others wait for an answer, the new one is closed.
 *
 * When `stop$` emits, no more connections are accepted. A connection with a request ends with the answer, every other
 * one at once: Node waits seconds for the next request of those, and a browser keeps some open in reserve.
 *
 * @returns A stream that emits whenever a connection was closed because of the limit.
 */
export function limitConnections(server: Server, most: number, stop$: Observable<unknown>): Observable<void> {
  // In the order of arrival, each with its last request until that is answered.
  const places = new Map<Socket, IncomingMessage | undefined>()
  let isStopping = false
  const crowded$ = new Observable<void>((subscriber) => {
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
        if (places.get(socket) !== request) return
        places.set(socket, undefined)
        if (isStopping) socket.destroySoon()
      })
    })
  })
  const close$ = stop$.pipe(
    take(1),
    tap(() => {
      isStopping = true
      server.close()
      for (const [socket, request] of places) if (request === undefined) socket.destroySoon()
    }),
    ignoreElements(),
  )
  return merge(crowded$, close$)
}
