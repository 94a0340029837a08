import type { Dirent } from 'node:fs'
import { readdir, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import type { Environment } from '../../config/environment.js'
import { defined } from '../../domain/defined.js'

/** A process manager that was found on this machine. */
export interface FoundManager {
  /** The home of its node; it reads `<home>/data/upgrade-info.json`. */
  readonly home: string
  readonly profile: 'wemixvisor' | 'cosmovisor'
  /** Name of its program, if its genesis directory holds exactly one. */
  readonly daemon?: string
}

const profiles = ['wemixvisor', 'cosmovisor'] as const
const shared = ['/var/lib', '/srv', '/opt']
// Maximum number of entries to examine: more than the homes of a machine, and a larger directory holds none.
const mostEntries = 2_000

/**
 * Looks for process managers in the usual places: `DAEMON_HOME`, and each directory in the user's home (such as
 * `~/.wemixd`), `/var/lib`, `/srv` and `/opt`. Unreadable directories are skipped.
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

/** Returns the process manager of a home; `undefined` if there is none. */
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
