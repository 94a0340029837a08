import { existsSync, realpathSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Config } from '../../config/schema.js'

/** The paths that the service of a configuration uses; absolute and unique. */
export interface UnitPaths {
  /** The directory of the state, unless it is kept in memory; of a link also the directory of its target. */
  readonly state: readonly string[]
  /** The homes in which files are written. */
  readonly written: readonly string[]
  /** All homes, including those that are only read. */
  readonly homes: readonly string[]
  /** All paths that it may write to. */
  readonly writes: readonly string[]
  /** Paths below those that it may not write to. */
  readonly guards: readonly string[]
  /** Programs that are run by a path. */
  readonly programs: readonly string[]
}

export function unitPaths(config: Config, cwd: string): UnitPaths {
  const file = resolve(cwd, config.state)
  // SQLite follows a link, and creates its other files beside the target.
  const state = config.state === ':memory:' ? [] : unique([dirname(file), ...linkedDirectory(dirname(file), file)])
  const written = homesOf(
    config.chains.filter(({ upgradeInfo: { when } }) => when !== 'never'),
    cwd,
  )
  // The whole home, because a directory `data` that is replaced during the run would be read-only.
  const writes = unique([...state, ...written, ...written.flatMap((home) => dataElsewhere(home))])
  const writesTo = new Set(writes.map(realPathOf))
  return {
    state,
    written,
    homes: homesOf(config.chains, cwd),
    writes,
    // systemd makes a path read-only if it is in both lists.
    guards: written
      .flatMap((home) => guarded.map((name) => join(home, name)))
      .filter((path) => !writesTo.has(realPathOf(path))),
    programs: programsOf(config),
  }
}

// The programs of a node and its keys: govstream never writes there.
const guarded = ['bin', 'config', 'cosmovisor', 'keystore', 'wemixvisor']

function homesOf(chains: Config['chains'], cwd: string): readonly string[] {
  return unique(chains.flatMap(({ upgradeInfo: { home } }) => (home === undefined ? [] : [resolve(cwd, home)])))
}

/** The target of a linked `data`, which is often on a larger disk. */
function dataElsewhere(home: string): readonly string[] {
  const data = realPathOf(join(home, 'data'))
  return isBelow(realPathOf(home), data) ? [] : [data]
}

/** The directory of the target of a linked file, if it differs. */
function linkedDirectory(directory: string, file: string): readonly string[] {
  const real = dirname(realPathOf(file))
  return real === realPathOf(directory) ? [] : [real]
}

function isBelow(directory: string, path: string): boolean {
  return path.startsWith(directory === '/' ? '/' : `${directory}/`)
}

/** Programs that are run by a path. */
function programsOf({ chains, notifier: { handlers } }: Config): readonly string[] {
  const commands = [
    ...chains.map(({ upgradeInfo: { afterWrite } }) => afterWrite?.command),
    ...handlers.map((handler) => ('command' in handler ? handler.command : undefined)),
  ]
  return commands.flatMap((command) => (command?.[0]?.startsWith('/') === true ? [command[0]] : []))
}

/** Returns true for paths that `ProtectHome` hides. */
export function isHiddenByProtectHome(path: string): boolean {
  return /^\/(home|root|run\/user)\//.test(`${path}/`)
}

/** Returns true for paths that `PrivateTmp` replaces. */
export function isTemporary(path: string): boolean {
  return /^\/(tmp|var\/tmp)\//.test(`${path}/`)
}

/** Resolves links; returns the path unchanged if it does not exist. */
export function realPathOf(path: string): string {
  return existsSync(path) ? realpathSync(path) : path
}

function unique(paths: readonly string[]): readonly string[] {
  return [...new Set(paths)]
}
