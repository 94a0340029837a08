import type { Config } from '../config/schema.js'
import { ConfigError, type ConfigIssue } from '../domain/errors.js'
import type { MonitorDeps } from './Monitor.js'

/**
 * Sees to it that what a host brings along names chains of the configuration.
 *
 * @throws ConfigError with every name that is none.
 */
export function requireKnown({ clients = {}, handlers = [] }: MonitorDeps, { chains }: Config): void {
  const named = [
    ...Object.keys(clients).map((name) => ({ path: `clients.${name}`, name })),
    ...handlers.flatMap(({ chains: wanted = [] }, at) =>
      wanted.map((name, index) => ({ path: `handlers[${at}].chains[${index}]`, name })),
    ),
  ]
  const issues = named
    .filter(({ name }) => !chains.some((chain) => chain.name === name))
    .map(({ path }): ConfigIssue => ({ path, message: 'expected the name of a chain of the configuration' }))
  if (issues.length > 0) throw new ConfigError(issues)
}
