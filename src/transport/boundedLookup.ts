import { readFile } from 'node:fs/promises'
import { Resolver } from 'node:dns/promises'
import type { LookupAddress, LookupOptions } from 'node:dns'
import { isIP } from 'node:net'
import { defined } from '../domain/defined.js'
import { hostsFile, resolvConf } from './systemNames.js'

/** Resolves the addresses of a host name; fits the `lookup` option of `net.connect`. */
export type DnsLookup = (
  name: string,
  options: LookupOptions,
  callback: (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void,
) => void

export interface LookupSettings {
  /** Name servers, as `dns.setServers` takes them. @defaultValue those of the system */
  readonly servers?: readonly string[]
  /** @defaultValue the hosts file of the system */
  readonly hostsPath?: string
  /** Time limit of one lookup, in milliseconds. @defaultValue 5 seconds */
  readonly limitMs?: number
  /** Host clock, Unix milliseconds. */
  readonly now?: () => number
}

interface Known {
  readonly addresses: readonly LookupAddress[]
  readonly until: number
}

// Time limit of one try at a name server, and the number of tries.
const tryMs = 2_000
const tries = 2
// Limits of the time that an answer is cached. A changed address is noticed within the maximum.
const maxAgeMs = 60_000
const minAgeMs = 1_000
const maxNames = 1_000

/**
 * Creates a lookup that no dead name server can hold up. It reads the hosts file first, then asks the name servers,
 * with a time-out per try and a limit for the whole. Answers are cached as long as their TTL says, a minute at most.
 *
 * The lookup of the system has no time limit, and runs on four threads that all file operations and lookups of a
 * process share: four dead names would hold up every other chain.
 */
export function boundedLookup({ servers, hostsPath, limitMs = 5_000, now = Date.now }: LookupSettings = {}): DnsLookup {
  const known = new Map<string, Known>()
  const running = new Map<string, Promise<readonly LookupAddress[]>>()

  const find = async (name: string): Promise<readonly LookupAddress[]> => {
    const listed = (await hostsFile(hostsPath, readFile)).get(name)
    if (listed !== undefined) return listed
    const { addresses, ageMs } = await ask(name, { limitMs, ...defined({ servers }) })
    if (known.size >= maxNames) known.clear()
    known.set(name, { addresses, until: now() + ageMs })
    return addresses
  }
  const addressesOf = (name: string): Promise<readonly LookupAddress[]> => {
    const before = known.get(name)
    if (before !== undefined && before.until > now()) return Promise.resolve(before.addresses)
    const started = running.get(name) ?? find(name).finally(() => running.delete(name))
    running.set(name, started)
    return started
  }

  return (written, options, callback) => {
    const name = written.toLowerCase()
    const literal = isIP(name)
    const found = literal === 0 ? addressesOf(name) : Promise.resolve([{ address: name, family: literal }])
    found
      .then((all) => {
        const { family = 0 } = options
        const wanted = all.filter((one) => family === 0 || family === one.family || family === `IPv${one.family}`)
        const [first] = wanted
        if (first === undefined) callback(lookupError('ENOTFOUND', name), [])
        else if (options.all === true) callback(null, [...wanted])
        else callback(null, first.address, first.family)
      })
      .catch((cause: unknown) => {
        callback(lookupError(codeOf(cause), name), [])
      })
  }
}

interface Asked {
  readonly addresses: readonly LookupAddress[]
  readonly ageMs: number
}

/** Resolves both kinds of address, for the first of the full names that exists. */
async function ask(
  name: string,
  { servers, limitMs }: Pick<LookupSettings, 'servers'> & { readonly limitMs: number },
): Promise<Asked> {
  // A new resolver each time, because it reads the current name servers of the system.
  const resolver = new Resolver({ timeout: tryMs, tries })
  if (servers !== undefined) resolver.setServers([...servers])
  const limit = setTimeout(() => resolver.cancel(), limitMs)
  try {
    let failure: unknown
    for (const full of await fullNames(name)) {
      const found = await Promise.allSettled([
        resolver.resolve4(full, { ttl: true }),
        resolver.resolve6(full, { ttl: true }),
      ])
      const [four, six] = found.map((one) => (one.status === 'fulfilled' ? one.value : []))
      const all = [
        ...(four ?? []).map((one) => ({ ...one, family: 4 })),
        ...(six ?? []).map((one) => ({ ...one, family: 6 })),
      ]
      if (all.length > 0) {
        const ttl = Math.min(...all.map((one) => one.ttl)) * 1_000
        return {
          addresses: all.map(({ address, family }) => ({ address, family })),
          ageMs: Math.min(maxAgeMs, Math.max(minAgeMs, ttl)),
        }
      }
      // The failure of a server says more than a name that it does not know.
      const causes = found.flatMap((one): unknown[] => (one.status === 'rejected' ? [one.reason] : []))
      failure = causes.find((cause) => !isUnknown(cause)) ?? causes[0] ?? failure
      if (!isUnknown(failure)) break
    }
    throw failure
  } finally {
    clearTimeout(limit)
  }
}

/** Returns the names to try, as the C library does: a name with few dots is tried in the search domains first. */
async function fullNames(name: string): Promise<readonly string[]> {
  if (name.endsWith('.')) return [name]
  const { search, ndots } = await resolvConf(readFile)
  const longer = search.map((domain) => `${name}.${domain}`)
  return name.split('.').length - 1 >= ndots ? [name, ...longer] : [...longer, name]
}

function isUnknown(cause: unknown): boolean {
  return ['ENOTFOUND', 'ENODATA'].includes(codeOf(cause))
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : 'EAI_FAIL'
}

function lookupError(code: string, name: string): NodeJS.ErrnoException {
  // Translates the codes of c-ares, so that they cannot be taken for those of a socket.
  const named =
    code === 'ENODATA'
      ? 'ENOTFOUND'
      : code === 'ETIMEOUT' || code === 'ECANCELLED' || code === 'ECONNREFUSED'
        ? 'EAI_AGAIN'
        : code
  return Object.assign(new Error(`lookup of ${name} failed (${named})`), {
    code: named,
    syscall: 'lookup',
    hostname: name,
  })
}
