import type { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { platform } from 'node:os'
import type { LookupAddress } from 'node:dns'

type Read = typeof readFile

const systemHosts = platform() === 'win32' ? 'C:\\Windows\\System32\\drivers\\etc\\hosts' : '/etc/hosts'

/** Reads the hosts file: addresses by name, in lower case. `localhost` is always included. */
export async function hostsFile(
  path: string = systemHosts,
  read: Read,
): Promise<ReadonlyMap<string, readonly LookupAddress[]>> {
  const names = new Map<string, readonly LookupAddress[]>()
  for (const line of await linesOf(path, read)) {
    const [address = '', ...aliases] = line.split(/\s+/)
    const family = isIP(address)
    if (family === 0) continue
    for (const alias of aliases) {
      const name = alias.toLowerCase()
      names.set(name, [...(names.get(name) ?? []), { address, family }])
    }
  }
  if (!names.has('localhost'))
    names.set('localhost', [
      { address: '127.0.0.1', family: 4 },
      { address: '::1', family: 6 },
    ])
  return names
}

export interface ResolvConf {
  /** Domains in which a short name is looked up. */
  readonly search: readonly string[]
  /** Minimum number of dots of a name that is tried unchanged first. */
  readonly ndots: number
}

/** Reads how the system completes a short name, such as the name of a service in a cluster. */
export async function resolvConf(read: Read, path = '/etc/resolv.conf'): Promise<ResolvConf> {
  let search: readonly string[] = []
  let ndots = 1
  for (const line of await linesOf(path, read)) {
    const [key, ...values] = line.split(/\s+/)
    if (key === 'search' || key === 'domain')
      search = values
        .filter((domain) => domain !== '.')
        .map((domain) => domain.replace(/\.$/, ''))
        .slice(0, 6)
    const dots = key === 'options' ? values.find((value) => /^ndots:\d{1,2}$/.test(value)) : undefined
    if (dots !== undefined) ndots = Number(dots.slice('ndots:'.length))
  }
  return { search, ndots }
}

/** Returns the lines of a small text file without comments; none if it cannot be read. */
async function linesOf(path: string, read: Read): Promise<readonly string[]> {
  try {
    const text = await read(path, 'utf8')
    return text
      .split('\n')
      .map((line) => line.replace(/[#;].*$/, '').trim())
      .filter((line) => line !== '')
  } catch {
    return []
  }
}
