export { defaultState as defaultStateFile } from '../config/defaultState.js'

export const defaultConfigFile = './govstream.yaml'

interface ConfigOption {
  readonly config?: string
}

interface JsonOption {
  readonly json?: boolean
}

/** Options of every reading command. */
export interface ReadOptions extends ConfigOption, JsonOption {
  readonly state?: string
}

/** Options of a reading command that can be limited to one chain. */
export interface ChainOptions extends ReadOptions {
  readonly chain?: string
}

/** Options that replace a configuration file. */
export interface StartOptions extends ConfigOption, JsonOption {
  readonly rpc?: string
  readonly governor?: string
  readonly home?: string
  readonly profile?: string
  readonly state?: string
}

/** Options of `check`, which also identifies an address: `--rpc` without `--governor`. */
export interface CheckOptions extends StartOptions {
  readonly address?: string
}
