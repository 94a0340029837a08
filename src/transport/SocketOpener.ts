import type { RequestError } from './RequestError.js'

/** A WebSocket to open, and the callbacks for what happens on it. */
export interface SocketRequest {
  /** ws or wss. User and password in it are sent as basic authentication. */
  readonly url: URL
  readonly headers?: Readonly<Record<string, string>>
  /** Called once, when the socket is open, with the function that sends a text to the server. */
  readonly onOpen: (send: (text: string) => void) => void
  /** Called with every text message, in order. Other messages are ignored. */
  readonly onText: (text: string) => void
  /** Called once with the reason of the end, also if the socket never opened; not called if the caller closed it. */
  readonly onEnd: (reason: RequestError) => void
}

/** Opens a WebSocket and returns a function that closes it at once. A message of more than a megabyte ends it. */
export type SocketOpener = (request: SocketRequest) => () => void
