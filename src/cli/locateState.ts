import { existsSync } from 'node:fs'
import type { NamedChain, Names } from '../config/readNames.js'
import { ConfigError } from '../domain/errors.js'
import { defaultConfigFile, defaultStateFile, type ReadOptions } from './options.js'

/** Where the state is, and which chains it is about. */
export interface Located {
  readonly state: string
  /** Absent where no configuration names them. */
  readonly chains?: readonly NamedChain[]
  /** Absent where no configuration names them. */
  readonly handlers?: readonly string[]
}

/**
 * The state a reading command looks at: `--state FILE`; or what the configuration names; or, where there is
 * no configuration, the file that a start without one leaves in this directory. The code that reads a configuration is
 * loaded only where there is one to read.
 *
 * @throws ConfigError also where the file that was named is not there.
 */
export async function locateState({ config, state }: ReadOptions): Promise<Located> {
  if (state !== undefined) {
    if (!existsSync(state)) {
      throw new ConfigError([
        {
          path: '--state',
          message: `expected a state file, but there is none at ${state}; "govstream run" or "govstream sync" makes one`,
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
