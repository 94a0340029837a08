import { existsSync } from 'node:fs'
import { loadConfig } from '../config/loadConfig.js'
import { defaultConfigFile, defaultStateFile, type ReadOptions } from './options.js'

/** Where the state is, and which chains it is about. */
export interface Located {
  readonly state: string
  /** Absent where no configuration names them. */
  readonly chains?: readonly { readonly chain: string; readonly system: string }[]
}

/**
 * The state a reading command looks at: `--state FILE`; or what the configuration names; or, where there is
 * no configuration, the file that a start without one leaves in this directory.
 *
 * @throws ConfigError
 */
export function locateState({ config, state }: ReadOptions): Located {
  if (state !== undefined) return { state }
  if (config === undefined && !existsSync(defaultConfigFile) && existsSync(defaultStateFile)) return { state: defaultStateFile }
  const loaded = loadConfig(config ?? defaultConfigFile)
  return {
    state: loaded.state,
    chains: loaded.chains.map(({ name, governance }) => ({ chain: name, system: governance.system })),
  }
}
