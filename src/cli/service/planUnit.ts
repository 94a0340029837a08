import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { delimiter, dirname, join, resolve } from 'node:path'
import type { Environment } from '../../config/environment.js'
import { loadConfig } from '../../config/loadConfig.js'
import { defined } from '../../domain/defined.js'
import { ConfigError } from '../../domain/errors.js'
import { defaultConfigFile } from '../options.js'
import type { UnitPlan } from './renderUnit.js'

export interface ServiceOptions {
  readonly config?: string
  /** A unit of the user's own, which needs no root. */
  readonly user?: boolean
  /** A file of variables that the configuration takes from the environment. */
  readonly envFile?: string
  readonly force?: boolean
}

/** The process that the unit is to start as this one was. */
export interface Started {
  readonly environment: Environment
  readonly cwd: string
  readonly node: string
  readonly script: string
}

/** What a unit for a configuration has to say, and what is to be done before it can start. */
export interface PlannedUnit {
  readonly plan: UnitPlan
  readonly notes: readonly string[]
}

/**
 * Plans a unit from the configuration it will run with.
 *
 * @throws ConfigError where that is not valid, or a file is not there.
 */
export function planUnit(options: ServiceOptions, { environment, cwd, node, script }: Started): PlannedUnit {
  const file = resolve(cwd, options.config ?? defaultConfigFile)
  const environmentFile = options.envFile === undefined ? undefined : resolve(cwd, options.envFile)
  const variables = environmentFile === undefined ? {} : readVariables(environmentFile)
  const config = loadConfig(file, { ...environment, ...variables })
  const homes = config.chains.flatMap(({ upgradeInfo: { home, when } }) =>
    home === undefined || when === 'never' ? [] : [resolve(cwd, home)],
  )
  const state = config.state === ':memory:' ? [] : [dirname(resolve(cwd, config.state))]
  const writes = [...new Set([...state, ...homes.map((home) => join(home, 'data'))])]
  const own = options.user === true
  const user = own ? undefined : ownerOf([...homes, ...state, cwd])
  const needed = [file, cwd, node, script, ...writes]
  const plan: UnitPlan = {
    command: [node, script, 'run', '--config', file],
    directory: cwd,
    writes,
    readsHomes: needed.some((path) => /^\/(home|root|run\/user)\//.test(`${path}/`)),
    notifies: (environment['PATH'] ?? '').split(delimiter).some((place) => existsSync(join(place, 'systemd-notify'))),
    gracePeriod: config.gracePeriod,
    ...defined({ user, environmentFile }),
  }
  const absent = writes.filter((path) => !existsSync(path))
  return {
    plan,
    notes: [
      ...absent.map((path) => `${path} is not there: make it before the start, as the user of the node.`),
      ...(user === 'root' ? ['The home belongs to root: the unit runs as root. A user for the node is safer.'] : []),
    ],
  }
}

/** The name of the owner of the first of these that is there; its number where it has no name. */
function ownerOf(places: readonly string[]): string {
  const place = places.find((path) => existsSync(path))
  const { uid } = statSync(place ?? '/')
  const users = existsSync('/etc/passwd') ? readFileSync('/etc/passwd', 'utf8') : ''
  const entry = users.split('\n').find((line) => line.split(':')[2] === String(uid))
  return entry?.split(':')[0] ?? String(uid)
}

/** As systemd reads an `EnvironmentFile`, without its rarer forms. */
function readVariables(file: string): Environment {
  if (!existsSync(file))
    throw new ConfigError([{ path: '--env-file', message: `expected a file, but there is none at ${file}` }])
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
