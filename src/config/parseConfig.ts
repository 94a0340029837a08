import { ConfigError } from '../domain/errors.js'
import type { ConflictOptions } from './findConflicts.js'
import { inspectConfig } from './inspectConfig.js'
import type { Config } from './schema.js'

const made = new WeakSet()

/**
 * Validates a configuration and fills in its defaults, with durations in milliseconds. A result of an earlier call is
 * returned as it is, so that a caller may parse first and pass the result on later.
 *
 * @throws ConfigError that lists every problem.
 */
export function parseConfig(input: unknown, options: ConflictOptions = {}): Config {
  if (isMade(input)) return input
  const inspection = inspectConfig(input, options)
  if (!inspection.ok) throw new ConfigError(inspection.issues)
  made.add(inspection.config)
  return inspection.config
}

function isMade(input: unknown): input is Config {
  return typeof input === 'object' && input !== null && made.has(input)
}
