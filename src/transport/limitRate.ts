import type { Readable } from 'node:stream'
import type { WebSocket } from 'ws'

/**
 * Limits how many bytes per second are read from an open WebSocket, give or take one chunk; the rest waits at the
 * server. Returns a function that ends the limit.
 */
export function limitRate(socket: WebSocket, stream: Readable, bytesPerSecond: number): () => void {
  let left = bytesPerSecond
  let second: NodeJS.Timeout | undefined
  const start = (): void => {
    second = undefined
    left = bytesPerSecond
    if (socket.isPaused) socket.resume()
  }
  stream.on('data', (chunk: Buffer) => {
    second ??= setTimeout(start, 1000)
    left -= chunk.length
    if (left <= 0) socket.pause()
  })
  return () => clearTimeout(second)
}
