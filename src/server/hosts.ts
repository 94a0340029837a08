import { isIP, isIPv6 } from 'node:net'
import { isLoopback } from './access.js'
import type { HttpConfig } from '../config/schema.js'

const wildcards: ReadonlySet<string> = new Set(['0.0.0.0', '[::]'])

/** A host, as a request names it. */
export interface Named {
  /** In lower case; an IPv6 address has no brackets. */
  readonly name: string
  readonly port: number
}

/** Parses the header `Host`; undefined if it is not a host. */
export function readHost(header: string | undefined, byDefault = 80): Named | undefined {
  const [, name = '', port] = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?$/.exec(header ?? '') ?? []
  if (name === '') return undefined
  return { name: withoutBrackets(name), port: port === undefined ? byDefault : Number(port) }
}

/** Where the server listens, and the address that the client connected to. */
export interface Reached {
  /** The open port; the configured one may be 0. */
  readonly port: number
  /** Local address of the socket; absent if there is no socket. */
  readonly localAddress?: string | undefined
}

/** Returns true if the client named the server by its listening address, and so used no proxy. */
export function isListenName(
  host: Named,
  { listen }: Pick<HttpConfig, 'listen'>,
  { port, localAddress }: Reached,
): boolean {
  if (host.port !== port) return false
  const own = listen.host.toLowerCase()
  if (host.name === own || (isLoopback(own) && host.name === 'localhost')) return true
  if (!isWildcard(own)) return false
  // A server that listens on all addresses is known by the address that the client connected to, and as localhost on
  // this machine. A foreign page cannot make a browser send either name: browsers resolve localhost themselves.
  const reached = plainAddress(localAddress)
  return host.name === 'localhost' ? isLoopback(reached) : isIP(host.name) !== 0 && host.name === reached
}

/** Returns true if the host is configured, or is the address on which the server listens. */
export function isKnownHost(
  host: Named,
  http: Pick<HttpConfig, 'listen' | 'hosts' | 'publicUrl'>,
  at: Reached,
): boolean {
  return isListenName(host, http, at) || isConfiguredName(host, http)
}

function isConfiguredName(
  { name, port }: Named,
  { hosts, publicUrl }: Pick<HttpConfig, 'hosts' | 'publicUrl'>,
): boolean {
  if (publicUrl !== undefined) {
    const { hostname, protocol, port: written } = new URL(publicUrl)
    // A proxy that ends TLS passes the client's Host on, which has no port if that is the default one.
    const usual = protocol === 'https:' ? [443, 80] : [80]
    if (name === withoutBrackets(hostname) && (written === '' ? usual.includes(port) : port === Number(written)))
      return true
  }
  return hosts.some((known) => {
    const wanted = readHost(known, port)
    return wanted?.name === name && wanted.port === port
  })
}

/** Returns true for the address that means all addresses, in any spelling, such as `0` and `::0`. */
function isWildcard(address: string): boolean {
  const written = `http://${isIPv6(address) ? `[${address}]` : address}`
  return URL.canParse(written) && wildcards.has(new URL(written).hostname)
}

function plainAddress(address = ''): string {
  return address.toLowerCase().replace(/^::ffff:(?=\d+\.)/, '')
}

function withoutBrackets(name: string): string {
  return name.toLowerCase().replace(/^\[|\]$/g, '')
}
