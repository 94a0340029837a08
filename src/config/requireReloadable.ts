import { ConfigError } from '../domain/errors.js'
import type { ConfigDifference } from './differenceOf.js'

/** Keys that cannot change while a process runs. */
const fixed: readonly string[] = ['state', 'log.format', 'http']

/**
 * Checks that a running process can apply a configuration.
 *
 * @throws ConfigError that lists each key that cannot change.
 */
export function requireReloadable({ keys }: ConfigDifference): void {
  const issues = keys
    .filter((key) => fixed.some((one) => `${key}.`.startsWith(`${one}.`)))
    .map((path) => ({ path, message: 'expected what it was at the start: restart govstream to change it' }))
  if (issues.length > 0) throw new ConfigError(issues)
}
