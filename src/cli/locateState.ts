import { pathExistsSync } from 'fs-extra/esm'
import { type NamedChain, readNames } from '../config/readNames.js'
import { ConfigError } from '../domain/errors.js'
import { defaultConfigFile, defaultStateFile, type ReadOptions } from './options.js'

/** Where the state is, and which chains it is about. */
export interface Located {
  readonly state: string
  /** Absent where no configuration names them. */
  readonly chains?: readonly NamedChain[]
}

/**
 * The state a reading command looks at: `--state FILE`; or what the configuration names; or, where there is
 * no configuration, the file that a start without one leaves in this directory.
 *
 * @throws ConfigError also where the file that was named is not there.
 */
export function locateState({ config, state }: ReadOptions): Located {
  if (state !== undefined) {
    if (!pathExistsSync(state)) {
      throw new ConfigError([
        {
          path: '--state',
          message: `expected a state file, but there is none at ${state}; "govstream run" or "govstream sync" makes one`,
        },
      ])
    }
    return { state, ...(config !== undefined && { chains: readNames(config).chains }) }
  }
  if (config === undefined && !pathExistsSync(defaultConfigFile) && pathExistsSync(defaultStateFile))
    return { state: defaultStateFile }
  return readNames(config ?? defaultConfigFile)
}
