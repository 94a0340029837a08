import { isIP, isIPv6 } from 'node:net'
import { isLoopback } from './access.js'
import type { HttpConfig } from '../config/schema.js'

const wildcards: ReadonlySet<string> = new Set(['0.0.0.0', '[::]'])

/** A host as a request names it. */
export interface Named {
  /** In lower case, an address of IPv6 without its brackets. */
  readonly name: string
  readonly port: number
}

/** What the header `Host` says; undefined where that is no host. */
export function readHost(header: string | undefined, byDefault = 80): Named | undefined {
  const [, name = '', port] = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?$/.exec(header ?? '') ?? []
  if (name === '') return undefined
  return { name: withoutBrackets(name), port: port === undefined ? byDefault : Number(port) }
}

/** Where the server listens, and the address of it that a client reached. */
export interface Reached {
  /** The port that is open: the one of the configuration may be 0. */
  readonly port: number
  /** Of the socket; absent where there is none. */
  readonly localAddress?: string | undefined
}

/** Whether a client named the server by the address on which it listens, so through nobody else. */
export function isListenName(
  host: Named,
  { listen }: Pick<HttpConfig, 'listen'>,
  { port, localAddress }: Reached,
): boolean {
  if (host.port !== port) return false
  const own = listen.host.toLowerCase()
  if (host.name === own || (isLoopback(own) && host.name === 'localhost')) return true
  if (!isWildcard(own)) return false
  // Who listens on all addresses is known by the one that was reached, which on this machine has a name, too. No page
  // elsewhere can make a browser name either: browsers resolve this name themselves.
  const reached = plainAddress(localAddress)
  return host.name === 'localhost' ? isLoopback(reached) : isIP(host.name) !== 0 && host.name === reached
}

/** Whether the configuration knows the server by this name, or the client named the address on which it listens. */
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
    // A proxy that ends TLS asks with the Host as the client sent it: without a port where that is the usual one.
    const usual = protocol === 'https:' ? [443, 80] : [80]
    if (name === withoutBrackets(hostname) && (written === '' ? usual.includes(port) : port === Number(written)))
      return true
  }
  return hosts.some((known) => {
    const wanted = readHost(known, port)
    return wanted?.name === name && wanted.port === port
  })
}

/** Whether it means all addresses, in any of the ways to write that, such as `0` and `::0`. */
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
