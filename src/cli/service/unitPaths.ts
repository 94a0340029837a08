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
  const state = config.state === ':memory:' ? [] : [dirname(resolve(cwd, config.state))]
  const written = homesOf(
    config.chains.filter(({ upgradeInfo: { when } }) => when !== 'never'),
    cwd,
  )
  return {
    state,
    written,
    homes: homesOf(config.chains, cwd),
    // The home, for a directory `data` that is exchanged while this runs would be read-only.
    writes: unique([...state, ...written, ...written.flatMap(dataElsewhere)]),
    guards: written.flatMap((home) => guarded.map((name) => join(home, name))),
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
  return data.startsWith(`${realPathOf(home)}/`) ? [] : [data]
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

/** Itself, where it is not there. */
export function realPathOf(path: string): string {
  return existsSync(path) ? realpathSync(path) : path
}

function unique(paths: readonly string[]): readonly string[] {
  return [...new Set(paths)]
}
