import { Agent, type Dispatcher, Pool, ProxyAgent } from 'undici'
import { basicAuthorization } from '../domain/secrets/basicAuthorization.js'
import { defined } from '../domain/defined.js'
import { boundedLookup, type DnsLookup } from './boundedLookup.js'
import { type Proxies, proxyFor } from './proxyFor.js'
import type { HttpClient } from './HttpClient.js'
import { sendRequest } from './sendRequest.js'

/** How a client reaches servers. */
export interface HttpClientOptions {
  /** @defaultValue none */
  readonly proxies?: Proxies
  /** @defaultValue a bounded lookup of the system's name servers */
  readonly lookup?: DnsLookup
}

const connectMs = 10_000
// Longer than most polls are apart, shorter than most servers wait. A server that names its own limit is heard.
const keepAliveMs = 30_000
// To one server, by way of a proxy too. Chains begin their polls together, and a gateway may stand in front of hundreds
// of them; one that hangs must not take every file descriptor. Below what limits of open files leave to one host.
const mostConnections = 64

/**
 * Makes the HTTP client of a process. Nothing is contacted before the first request; idle connections keep no process
 * alive. Behind a proxy only the name of the proxy is looked up.
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
      // For plain HTTP the proxy agent forgets the settings it was given.
      factory: (origin: URL, options: Pool.Options) => new Pool(origin, { ...options, ...common }),
      ...defined({ token: authorization }),
      proxyTls: connect,
      requestTls: { timeout: connectMs },
      // Plain HTTP goes to the proxy as it is: many let CONNECT through to port 443 only.
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
