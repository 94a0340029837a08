import { readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/**
 * The name of this host and of its process id namespace. Containers may share the host name, and each calls its own
 * process 1.
 */
export function thisHost(): string {
  try {
    return `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    // Outside Linux, process ids mean the same everywhere.
    return hostname()
  }
}

/**
 * True if both names belong to one machine but different namespaces, so that neither process can see whether the other
 * is alive.
 */
export function isUnseenNeighbour(one: string, other: string): boolean {
  return one !== other && nameOf(one) === nameOf(other)
}

function nameOf(host: string): string | undefined {
  return host.split(' ')[0]
}
