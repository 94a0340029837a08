import type { Environment } from './environment.js'
import { interpolate } from './file/interpolate.js'
import { readConfigFile } from './file/readConfigFile.js'

/**
 * Names of the variables that a configuration file needs and that the environment does not set.
 *
 * @throws ConfigError if the file is missing or no YAML.
 */
export function unsetIn(file: string, environment: Environment): ReadonlySet<string> {
  return interpolate(readConfigFile(file).value, environment).unset
}
