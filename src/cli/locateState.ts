import { existsSync } from 'node:fs'
import type { NamedChain, Names } from '../config/readNames.js'
import { ConfigError } from '../domain/errors.js'
import { defaultConfigFile, defaultStateFile, type ReadOptions } from './options.js'

/** The path of the state, and its chains. */
export interface Located {
  readonly state: string
  /** Absent if no configuration names them. */
  readonly chains?: readonly NamedChain[]
  /** Absent if no configuration names them. */
  readonly handlers?: readonly string[]
}

/**
 * Finds the state for a reading command: `--state FILE`, or the one that the configuration names, or, without a
 * configuration, the file that a start without one creates in this directory. The code that reads a configuration is
 * loaded only if there is one.
 *
 * @throws ConfigError also if the given file does not exist.
 */
export async function locateState({ config, state }: ReadOptions): Promise<Located> {
  if (state !== undefined) {
    if (!existsSync(state)) {
      throw new ConfigError([
        {
          path: '--state',
          message: `expected a state file, but there is none at ${state}; "govstream run" or "govstream sync" creates one`,
        },
      ])
    }
    return config === undefined ? { state } : { ...(await namesIn(config)), state }
  }
  if (config === undefined && !existsSync(defaultConfigFile) && existsSync(defaultStateFile))
    return { state: defaultStateFile }
  return namesIn(config ?? defaultConfigFile)
}

async function namesIn(file: string): Promise<Names> {
  const { readNames } = await import('../config/readNames.js')
  return readNames(file)
}
