export { defaultState as defaultStateFile } from '../config/defaultState.js'

export const defaultConfigFile = './govstream.yaml'

interface ConfigOption {
  readonly config?: string
}

interface JsonOption {
  readonly json?: boolean
}

/** What every reading command takes. */
export interface ReadOptions extends ConfigOption, JsonOption {
  readonly state?: string
}

/** A reading command that can look at one chain. */
export interface ChainOptions extends ReadOptions {
  readonly chain?: string
}

/** A start without a file, as the command line spells it. */
export interface StartOptions extends ConfigOption, JsonOption {
  readonly rpc?: string
  readonly governor?: string
  readonly home?: string
  readonly profile?: string
  readonly state?: string
}

/** `check` also tells what an address is: `--rpc` without `--governor`. */
export interface CheckOptions extends StartOptions {
  readonly address?: string
}
