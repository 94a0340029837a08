import { ConfigError } from '../domain/errors.js'
import type { ConfigDifference } from './differenceOf.js'

/** What a process stands on from its start to its end. */
const fixed: readonly string[] = ['state', 'log.format', 'http']

/**
 * Sees to it that a configuration can be taken up by a process that runs.
 *
 * @throws ConfigError with each key that cannot change under it.
 */
export function requireReloadable({ keys }: ConfigDifference): void {
  const issues = keys
    .filter((key) => fixed.some((one) => `${key}.`.startsWith(`${one}.`)))
    .map((path) => ({ path, message: 'expected what it was at the start: restart govstream to change it' }))
  if (issues.length > 0) throw new ConfigError(issues)
}
