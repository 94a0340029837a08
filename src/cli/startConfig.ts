import { loadConfig } from '../config/loadConfig.js'
import { quickConfig } from '../config/quickConfig.js'
import type { Config } from '../config/schema.js'
import { ConfigError } from '../domain/errors.js'
import { defined } from '../domain/defined.js'
import { defaultConfigFile, type StartOptions } from './options.js'

/**
 * Returns the configuration to start with: from the file, or from the options that replace it.
 *
 * @throws ConfigError also if both are given, or if options are missing.
 */
export function startConfig(options: StartOptions): Config {
  const { config, rpc, governor, home, profile, state } = options
  const file = configFileOf(options)
  if (file !== undefined) return loadConfig(file)
  const quick = quickOptions(options)
  if (config !== undefined) {
    throw new ConfigError(
      quick.map(([name]) => ({ path: `--${name}`, message: 'expected in the file: --config is given too' })),
    )
  }
  if (rpc === undefined || governor === undefined) {
    const given = quick.map(([name]) => `--${name}`).join(' and ')
    // Without either, these options may be meant to change the configuration file.
    const why = rpc === undefined && governor === undefined ? `: with ${given}, no configuration file is read` : ''
    const missing = (path: string, what: string): { readonly path: string; readonly message: string } => ({
      path,
      message: `expected ${what}, but it is missing${why}`,
    })
    throw new ConfigError([
      ...(rpc === undefined ? [missing('--rpc', 'the URL of a node')] : []),
      ...(governor === undefined ? [missing('--governor', 'the address of the Governor')] : []),
    ])
  }
  return quickConfig({
    rpc,
    governor,
    ...defined({ home, profile, state }),
  })
}

/** Returns the path of the configuration; undefined if options replace it. */
export function configFileOf(options: StartOptions): string | undefined {
  return quickOptions(options).length === 0 ? (options.config ?? defaultConfigFile) : undefined
}

function quickOptions({ rpc, governor, home, profile, state }: StartOptions): readonly (readonly [string, unknown])[] {
  return Object.entries({ rpc, governor, home, profile, state }).filter(([, value]) => value !== undefined)
}
