import { existsSync, realpathSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Config } from '../../config/schema.js'

/** What of a machine the service of a configuration has to do with; absolute paths, each once. */
export interface UnitPaths {
  /** The directory of the state, unless that is kept in memory. */
  readonly state: readonly string[]
  /** The homes below which files are written. */
  readonly written: readonly string[]
  /** Those, and the homes that are only looked into. */
  readonly homes: readonly string[]
  /** All it may write to. */
  readonly writes: readonly string[]
  /** What it may not write to, below those. */
  readonly guards: readonly string[]
  /** What it runs by a path. */
  readonly programs: readonly string[]
}

export function unitPaths(config: Config, cwd: string): UnitPaths {
  const file = resolve(cwd, config.state)
  // The engine follows a link, and makes its other files where that leads.
  const state = config.state === ':memory:' ? [] : unique([dirname(file), ...elsewhere(dirname(file), file)])
  const written = homesOf(
    config.chains.filter(({ upgradeInfo: { when } }) => when !== 'never'),
    cwd,
  )
  // The home, for a directory `data` that is exchanged while this runs would be read-only.
  const writes = unique([...state, ...written, ...written.flatMap((home) => dataElsewhere(home))])
  const writesTo = new Set(writes.map(realPathOf))
  return {
    state,
    written,
    homes: homesOf(config.chains, cwd),
    writes,
    // What is named as both is read-only to systemd.
    guards: written
      .flatMap((home) => guarded.map((name) => join(home, name)))
      .filter((path) => !writesTo.has(realPathOf(path))),
    programs: programsOf(config),
  }
}

// What a node runs, and what it signs with: nothing of ours writes there.
const guarded = ['bin', 'config', 'cosmovisor', 'keystore', 'wemixvisor']

function homesOf(chains: Config['chains'], cwd: string): readonly string[] {
  return unique(chains.flatMap(({ upgradeInfo: { home } }) => (home === undefined ? [] : [resolve(cwd, home)])))
}

/** Where a link leads that a larger disk has made of `data`. */
function dataElsewhere(home: string): readonly string[] {
  const data = realPathOf(join(home, 'data'))
  return isBelow(realPathOf(home), data) ? [] : [data]
}

/** Where the directory of a linked file is, if that is another one. */
function elsewhere(directory: string, file: string): readonly string[] {
  const real = dirname(realPathOf(file))
  return real === realPathOf(directory) ? [] : [real]
}

function isBelow(directory: string, path: string): boolean {
  return path.startsWith(directory === '/' ? '/' : `${directory}/`)
}

/** What is run by its path. */
function programsOf({ chains, notifier: { handlers } }: Config): readonly string[] {
  const commands = [
    ...chains.map(({ upgradeInfo: { afterWrite } }) => afterWrite?.command),
    ...handlers.map((handler) => ('command' in handler ? handler.command : undefined)),
  ]
  return commands.flatMap((command) => (command?.[0]?.startsWith('/') === true ? [command[0]] : []))
}

/** Below what `ProtectHome` hides. */
export function isOfPeople(path: string): boolean {
  return /^\/(home|root|run\/user)\//.test(`${path}/`)
}

/** Below what `PrivateTmp` replaces. */
export function isTemporary(path: string): boolean {
  return /^\/(tmp|var\/tmp)\//.test(`${path}/`)
}

/** Itself, where it is not there. */
export function realPathOf(path: string): string {
  return existsSync(path) ? realpathSync(path) : path
}

function unique(paths: readonly string[]): readonly string[] {
  return [...new Set(paths)]
}
