import type { Environment } from './environment.js'
import { interpolate } from './file/interpolate.js'
import { readConfigFile } from './file/readConfigFile.js'

/**
 * Names of the variables that a configuration file needs and this environment does not have.
 *
 * @throws ConfigError where the file is not there or is no YAML.
 */
export function unsetIn(file: string, environment: Environment): ReadonlySet<string> {
  return interpolate(readConfigFile(file).value, environment).unset
}
