import { Agent, type Dispatcher, errors, Pool, ProxyAgent } from 'undici'
import { basicAuthorization } from '../domain/secrets/basicAuthorization.js'
import { defined } from '../domain/defined.js'
import { boundedLookup, type DnsLookup } from './boundedLookup.js'
import { type Proxies, proxyFor } from './proxyFor.js'
import type { HttpClient } from './HttpClient.js'
import { sendRequest } from './sendRequest.js'

/** How a client connects to servers. */
export interface HttpClientOptions {
  /** @defaultValue none */
  readonly proxies?: Proxies
  /** @defaultValue a bounded lookup of the system's name servers */
  readonly lookup?: DnsLookup
}

const connectMs = 10_000
// Longer than the interval of most polls, shorter than the limit of most servers. A limit that a server sends is
// followed.
const keepAliveMs = 30_000
// Maximum number of connections to one server, also through a proxy. All chains poll at the same time, and hundreds of
// them may be behind one gateway; a gateway that hangs must not use up all file descriptors of the process.
const mostConnections = 64

/**
 * Creates the HTTP client of a process. Nothing is contacted before the first request, and idle connections do not keep
 * the process alive. Behind a proxy, only the name of the proxy is looked up.
 */
export function createHttpClient({ proxies = {}, lookup = boundedLookup() }: HttpClientOptions = {}): HttpClient {
  const common = {
    keepAliveTimeout: keepAliveMs,
    keepAliveMaxTimeout: keepAliveMs * 2,
    headersTimeout: 0,
    bodyTimeout: 0,
    connections: mostConnections,
  }
  const connect = { lookup, timeout: connectMs }
  let direct: Dispatcher | undefined
  const through = new Map<string, Dispatcher>()
  const viaProxy = (written: string): Dispatcher => {
    const proxy = new URL(written)
    const { authorization } = basicAuthorization(proxy)
    return new ProxyAgent({
      ...common,
      uri: proxy.origin,
      clientFactory: tunnelPool,
      // For plain HTTP, the proxy agent does not pass on its settings.
      factory: (origin: URL, options: Pool.Options) => new Pool(origin, { ...options, ...common }),
      ...defined({ token: authorization }),
      proxyTls: connect,
      requestTls: { timeout: connectMs },
      // Plain HTTP is forwarded and not tunnelled, because many proxies allow CONNECT to port 443 only.
      proxyTunnel: false,
    })
  }

  return {
    request: (request) => {
      const proxy = proxyFor(request.url, proxies)
      const found = proxy === undefined ? direct : through.get(proxy)
      const dispatcher = found ?? (proxy === undefined ? new Agent({ ...common, connect }) : viaProxy(proxy))
      if (proxy === undefined) direct = dispatcher
      else through.set(proxy, dispatcher)
      return sendRequest(dispatcher, request, proxy === undefined ? undefined : new URL(proxy).host)
    },
  }
}

/**
 * Creates the connections on which a proxy agent asks for tunnels. If the proxy closes one unanswered, undici would ask
 * for the next tunnel at once, thousands of times a second, until the request ends: it takes this for the end of a
 * reused connection to the server. A cause of another kind ends the request.
 */
function tunnelPool(origin: URL, options: object): Dispatcher {
  const pool = new Pool(origin, options)
  const connect = (asked: Dispatcher.ConnectOptions): Promise<Dispatcher.ConnectData> =>
    new Promise((resolve, reject) => {
      Pool.prototype.connect.call(pool, asked, (cause, tunnel) => {
        if (cause === null) resolve(tunnel)
        else reject(isRetried(cause) ? new Error('The proxy opened no tunnel.', { cause }) : cause)
      })
    })
  return Object.assign(pool, { connect })
}

function isRetried(cause: Error): boolean {
  return cause instanceof errors.SocketError || cause instanceof errors.InformationalError
}
