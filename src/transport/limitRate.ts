import type { Readable } from 'node:stream'
import type { WebSocket } from 'ws'

/**
 * Reads at most so many bytes a second from the server of an open WebSocket, and a chunk more; the rest waits at the
 * server. Gives what ends that.
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
