import { readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/**
 * The name of this host, and of the space in which a process id of it means something: containers may share the name
 * of their host, and each calls its own process 1.
 */
export function thisHost(): string {
  try {
    return `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    // No Linux: ids mean the same everywhere.
    return hostname()
  }
}

/** True where both are of one machine, in spaces of their own: neither sees whether a process of the other lives. */
export function isUnseenNeighbour(one: string, other: string): boolean {
  return one !== other && nameOf(one) === nameOf(other)
}

function nameOf(host: string): string | undefined {
  return host.split(' ')[0]
}
