import type { RequestError } from './RequestError.js'

/** What is heard of a server that pushes. */
export interface SocketRequest {
  /** ws or wss. User and password in it are sent as basic authentication. */
  readonly url: URL
  readonly headers?: Readonly<Record<string, string>>
  /** Told once, when the socket is open, how something is said to the server. */
  readonly onOpen: (send: (text: string) => void) => void
  /** Told every text message, in order. Other messages are left out. */
  readonly onText: (text: string) => void
  /** Told once what ended it, also where it was never open; not after it was closed by whoever opened it. */
  readonly onEnd: (reason: RequestError) => void
}

/** Opens a WebSocket and gives what closes it, at once. A message of more than a megabyte ends it. */
export type SocketOpener = (request: SocketRequest) => () => void
