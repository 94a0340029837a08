import type { Config } from '../config/schema.js'
import { ConfigError, type ConfigIssue } from '../domain/errors.js'
import type { MonitorDeps } from './Monitor.js'

/**
 * Sees to it that the clients and readers a host brings along belong to chains of the configuration, one a chain.
 *
 * @throws ConfigError with all that do not.
 */
export function requireKnown(
  { clients = {}, readers = {} }: Pick<MonitorDeps, 'clients' | 'readers'>,
  { chains }: Config,
): void {
  const unknown = (kind: 'clients' | 'readers', names: readonly string[]): readonly ConfigIssue[] =>
    names
      .filter((name) => !chains.some((chain) => chain.name === name))
      .map((name) => ({ path: `${kind}.${name}`, message: 'expected the name of a chain of the configuration' }))
  const issues = [
    ...unknown('clients', Object.keys(clients)),
    ...unknown('readers', Object.keys(readers)),
    ...Object.entries(readers).flatMap(([name, { chain }]): readonly ConfigIssue[] => {
      const path = `readers.${name}`
      if (name in clients) return [{ path, message: 'expected a client or a reader of a chain, not both' }]
      return chain === name ? [] : [{ path, message: `expected a reader of ${name}, but it reads ${chain}` }]
    }),
  ]
  if (issues.length > 0) throw new ConfigError(issues)
}
