import { Agent, type ClientRequestArgs } from 'node:http'
import { Agent as TlsAgent } from 'node:https'
import { isIP } from 'node:net'
import type { Duplex, Readable } from 'node:stream'
import { connect as connectTls } from 'node:tls'
import { Client } from 'undici'
import { WebSocket } from 'ws'
import { basicAuthorization } from '../domain/secrets/basicAuthorization.js'
import { defined } from '../domain/defined.js'
import { cleanLine } from '../domain/text/text.js'
import { boundedLookup, type DnsLookup } from './boundedLookup.js'
import { causeOf } from './causes.js'
import type { HttpClientOptions } from './createHttpClient.js'
import { limitRate } from './limitRate.js'
import { proxyFor } from './proxyFor.js'
import { RequestError } from './RequestError.js'
import type { SocketOpener } from './SocketOpener.js'

const openMs = 10_000
// Maximum size of a message. The header of a block has a few kilobytes.
const maxBytes = 2 ** 20
// Maximum number of fragments of a message. Each takes far more memory than its bytes.
const maxParts = 1000
const bytesPerSecond = maxBytes
// Maximum length of the reason of a close frame, by RFC 6455; nothing of it is cut.
const mostClosing = 123

/**
 * Creates the function that opens the WebSockets of a process, with the same proxies and bounded lookup as its HTTP
 * client. Redirects are not followed, nothing is compressed, and at most a megabyte a second is read from one server.
 */
export function createSocketOpener({ proxies = {}, lookup = boundedLookup() }: HttpClientOptions = {}): SocketOpener {
  return ({ url, headers = {}, onOpen, onText, onEnd }) => {
    const proxy = proxyFor(asHttp(url), proxies)
    const closing = new AbortController()
    const socket = new WebSocket(withoutUser(url), {
      agent:
        proxy === undefined
          ? directAgent(url, lookup)
          : tunnelAgent(url, new URL(proxy), { lookup, closing: closing.signal }),
      autoPong: false,
      headers: { ...basicAuthorization(url), ...headers },
      maxFragments: maxParts,
      maxPayload: maxBytes,
      perMessageDeflate: false,
    })
    let isOver = false
    let stream: Readable | undefined
    let unlimit = (): void => undefined
    const close = (): void => {
      isOver = true
      clearTimeout(timer)
      unlimit()
      closing.abort()
      socket.terminate()
    }
    const end = (message: string): void => {
      if (isOver) return
      close()
      onEnd(new RequestError('unreachable', message))
    }
    const timer = setTimeout(() => end(`opened no WebSocket within ${openMs} ms.`), openMs)
    socket.on('upgrade', (response) => (stream = response.socket))
    answerPings(socket)
    socket.on('open', () => {
      if (stream !== undefined) unlimit = limitRate(socket, stream, bytesPerSecond)
      clearTimeout(timer)
      onOpen((text) => socket.send(text))
    })
    socket.on('message', (data, isBinary) => {
      if (!isOver && !isBinary && Buffer.isBuffer(data)) onText(data.toString('utf8'))
    })
    socket.on('unexpected-response', (_request, { statusCode = 0 }) =>
      end(
        `opens no WebSocket (HTTP ${statusCode}). Check that the address is one for WebSockets, and what it requires.`,
      ),
    )
    socket.on('close', (code, reason) => end(`closed the WebSocket (${closingOf(code, reason)}).`))
    socket.on('error', (cause) => end(problemOf(cause, proxy)))
    return close
  }
}

/** Answers only the last of several pings that come together, and none if the server does not read the answers. */
function answerPings(socket: WebSocket): void {
  let last: Buffer | undefined
  socket.on('ping', (data) => {
    if (last === undefined)
      setImmediate(() => {
        if (socket.readyState === WebSocket.OPEN && socket.bufferedAmount === 0) socket.pong(last)
        last = undefined
      })
    last = data
  })
}

function asHttp(url: URL): URL {
  return new URL(url.href.replace(/^ws/, 'http'))
}

function withoutUser(url: URL): URL {
  const bare = new URL(url)
  bare.username = ''
  bare.password = ''
  // A fragment means nothing to a server and must not be sent.
  bare.hash = ''
  return bare
}

function directAgent(url: URL, lookup: DnsLookup): Agent {
  return url.protocol === 'wss:' ? new TlsAgent({ lookup }) : new Agent({ lookup })
}

interface TunnelOptions {
  readonly lookup: DnsLookup
  /** Closes a tunnel that the proxy has not yet opened. */
  readonly closing: AbortSignal
}

/** Creates an agent that tunnels through a proxy, which Node does not provide. */
function tunnelAgent(url: URL, proxy: URL, options: TunnelOptions): Agent {
  const isSecure = url.protocol === 'wss:'
  return Object.assign(isSecure ? new TlsAgent() : new Agent(), {
    createConnection(_asked: ClientRequestArgs, done: (error: Error | null, socket?: Duplex) => void) {
      tunnelTo(url, proxy, options).then(
        (socket) => done(null, isSecure ? connectTls({ socket, ...nameOf(url) }) : socket),
        (cause: unknown) => done(cause instanceof Error ? cause : new Error('The tunnel failed.')),
      )
      return undefined
    },
  })
}

/** The name or address that a certificate must match. An IP address is never sent as a server name. */
function nameOf({ hostname }: URL): { readonly host: string } | { readonly servername: string } {
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  return isIP(host) === 0 ? { servername: hostname } : { host }
}

async function tunnelTo(
  { hostname, port, protocol }: URL,
  proxy: URL,
  { lookup, closing }: TunnelOptions,
): Promise<Duplex> {
  const client = new Client(proxy.origin, { connect: { lookup, timeout: openMs } })
  const destroy = (): void => void client.destroy()
  closing.addEventListener('abort', destroy, { once: true })
  const { authorization } = basicAuthorization(proxy)
  const { statusCode, socket } = await client.connect({
    path: `${hostname}:${port === '' ? (protocol === 'wss:' ? 443 : 80) : port}`,
    ...defined({ headers: authorization === undefined ? undefined : { 'proxy-authorization': authorization } }),
  })
  if (statusCode === 200) return socket
  socket.destroy()
  throw new Error(`Proxy response (${statusCode}) when a tunnel was asked for.`)
}

/** Renders the code and the reason of a close frame. */
function closingOf(code: number, reason: Buffer): string {
  const said = cleanLine(reason.toString('utf8'), mostClosing)
  if (code === 1006) return 'the connection was cut'
  return said === '' ? String(code) : `${code}: ${said}`
}

function problemOf(cause: Error & { readonly code?: string }, proxy: string | undefined): string {
  if (cause.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH')
    return `sent more than ${maxBytes} bytes in one message of its WebSocket.`
  if (cause.code?.startsWith('WS_ERR_') === true) return `speaks no sound WebSocket (${cause.code}).`
  const { code, what, todo } = causeOf(cause)
  const way = proxy === undefined ? '' : ` through the proxy ${new URL(proxy).host}`
  return `cannot be reached${way} by WebSocket (${code}): ${what}. ${todo}`
}
