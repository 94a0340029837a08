import type { Dirent } from 'node:fs'
import { readdir, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import type { Environment } from '../../config/environment.js'
import { defined } from '../../domain/defined.js'

/** A process manager that was found on this machine. */
export interface FoundManager {
  /** The home of its node: `<home>/data/upgrade-info.json` is what it reads. */
  readonly home: string
  readonly profile: 'wemixvisor' | 'cosmovisor'
  /** The program it runs, where its genesis directory holds one alone. */
  readonly daemon?: string
}

const profiles = ['wemixvisor', 'cosmovisor'] as const
const shared = ['/var/lib', '/srv', '/opt']
// More homes than a machine has; a directory of a million entries is none that holds homes.
const mostEntries = 2_000

/**
 * Looks where process managers usually are: in `DAEMON_HOME`, and in each directory of the user's home (such as
 * `~/.wemixd`), of `/var/lib`, `/srv` and `/opt`. What may not be looked into is passed over.
 */
export async function findManagers(
  { DAEMON_HOME: named = '', HOME: own = '' }: Environment,
  parents: readonly string[] = shared,
): Promise<readonly FoundManager[]> {
  const within = await Promise.all([...(own === '' ? [] : [own]), ...parents].map(directoriesIn))
  const candidates = [...(named === '' ? [] : [named]), ...within.flat()]
  const found = new Map<string, FoundManager>()
  for (const home of candidates) {
    const manager = await managerAt(home)
    const real = manager === undefined ? '' : await realpath(home).catch(() => home)
    if (manager !== undefined && !found.has(real)) found.set(real, manager)
  }
  return [...found.values()]
}

/** The process manager of a home; `undefined` where there is none. */
export async function managerAt(home: string): Promise<FoundManager | undefined> {
  const entries = await entriesIn(home)
  const profile = profiles.find((name) => entries.some((entry) => entry.name === name && !entry.isFile()))
  if (profile === undefined) return undefined
  const programs = await entriesIn(join(home, profile, 'genesis', 'bin'))
  return { home, profile, ...defined({ daemon: programs.length === 1 ? programs[0]?.name : undefined }) }
}

async function directoriesIn(parent: string): Promise<readonly string[]> {
  const entries = await entriesIn(parent)
  return entries.filter((entry) => !entry.isFile()).map(({ name }) => join(parent, name))
}

async function entriesIn(directory: string): Promise<readonly Dirent[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch((): readonly Dirent[] => [])
  return entries.slice(0, mostEntries).sort((a, b) => (a.name < b.name ? -1 : 1))
}
