import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'
import type { Environment } from '../../config/environment.js'
import { loadConfig } from '../../config/loadConfig.js'
import { defined } from '../../domain/defined.js'
import { ConfigError } from '../../domain/errors.js'
import { defaultConfigFile } from '../options.js'
import { ownerOf } from './owners.js'
import type { UnitPlan } from './renderUnit.js'
import { unitNotes, unsetVariables } from './unitNotes.js'
import { isHiddenByProtectHome, isTemporary, realPathOf, unitPaths } from './unitPaths.js'

export interface ServiceOptions {
  readonly config?: string
  /** A unit of the user's own service manager, which needs no root. */
  readonly user?: boolean
  /** A file with the environment variables that the configuration uses. */
  readonly environmentFile?: string
  /** The former name of `environmentFile`. */
  readonly envFile?: string
  readonly force?: boolean
}

/** How this process was started, so that the unit starts it alike. */
export interface Started {
  readonly environment: Environment
  readonly cwd: string
  readonly node: string
  readonly script: string
}

/** The content of a unit, and what must be done before it can start. */
export interface PlannedUnit {
  readonly plan: UnitPlan
  readonly notes: readonly string[]
}

/**
 * Plans a unit from the configuration that it will run.
 *
 * @throws ConfigError if the configuration is invalid, or a file is missing.
 */
export function planUnit(options: ServiceOptions, { environment, cwd, node, script }: Started): PlannedUnit {
  const file = resolve(cwd, options.config ?? defaultConfigFile)
  const named = options.environmentFile ?? options.envFile
  const environmentFile = named === undefined ? undefined : resolve(cwd, named)
  const variables = environmentFile === undefined ? {} : readVariables(environmentFile)
  const config = loadConfig(file, { ...environment, ...variables })
  const paths = unitPaths(config, cwd)
  const { state, written, homes, writes, guards, programs } = paths
  const own = options.user === true
  const user = own ? undefined : ownerOf([...written, ...state, ...homes, cwd])
  const needed = [file, cwd, node, script, ...writes, ...homes, ...programs]
  const places = needed.flatMap((path) => [path, realPathOf(path)])
  const plan: UnitPlan = {
    command: [node, script, 'run', '--config', file],
    directory: cwd,
    writes,
    guards,
    readsHomes: places.some(isHiddenByProtectHome),
    readsTmp: places.some(isTemporary),
    notifies: (environment['PATH'] ?? '').split(delimiter).some((place) => existsSync(join(place, 'systemd-notify'))),
    gracePeriod: config.gracePeriod,
    ...defined({ user: user?.name, environmentFile }),
  }
  const unset = unsetVariables(file, { shell: environment, unit: variables })
  return { plan, notes: unitNotes(paths, { user, reads: [node, script, file, cwd], unset }) }
}

/** Reads an `EnvironmentFile` as systemd does, without its rarer forms. */
function readVariables(file: string): Environment {
  if (!existsSync(file))
    throw new ConfigError([{ path: '--environment-file', message: `expected a file, but there is none at ${file}` }])
  const lines = readFileSync(file, 'utf8').split('\n')
  return Object.fromEntries(
    lines.flatMap((line) => {
      const [, name, value = ''] = /^\s*([A-Za-z_]\w*)=(.*?)\s*$/.exec(line) ?? []
      return name === undefined ? [] : [[name, value.replace(/^(["'])(.*)\1$/, '$2')] as const]
    }),
  )
}

/** The way this process was started. */
export function startedHere(environment: Environment): Started {
  const [, script = ''] = process.argv
  return {
    environment,
    cwd: process.cwd(),
    node: process.execPath,
    script: existsSync(script) ? realpathSync(script) : script,
  }
}
