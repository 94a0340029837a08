import { ConfigError } from '../domain/errors.js'
import { type Environment, readEnvironment } from './environment.js'
import type { ConflictOptions } from './findConflicts.js'
import { inspectConfig } from './inspectConfig.js'
import { interpolate } from './file/interpolate.js'
import { parseConfig } from './parseConfig.js'
import { readConfigFile } from './file/readConfigFile.js'
import type { Config } from './schema.js'

/**
 * Reads a YAML file, fills in the variables and validates the result.
 *
 * @throws ConfigError that lists every problem, including missing variables.
 */
export function loadConfig(
  file: string,
  environment: Environment = readEnvironment(),
  options: ConflictOptions = {},
): Config {
  const { value: written, locate } = readConfigFile(file)
  const first = interpolate(written, environment)
  const inspection = inspectConfig(first.value, options)
  if (inspection.ok && first.issues.length === 0) return parseConfig(first.value, options)

  // A key that expects a number rejects the text of a variable, so such texts are parsed and validated again.
  const refused = inspection.ok ? [] : inspection.issues.map(({ path }) => path)
  const readAs = new Set(refused.filter((path) => first.literals.has(path)))
  const { value, issues } = interpolate(written, environment, readAs)
  const again = inspectConfig(value, options)
  const unfilled = new Set(issues.map(({ path }) => path))
  const others = again.ok ? [] : again.issues.filter(({ path }) => !unfilled.has(path))
  if (issues.length + others.length > 0) throw new ConfigError([...issues, ...others].map(locate))
  return parseConfig(value, options)
}
