import type { Config } from '../config/schema.js'
import { ConfigError, type ConfigIssue } from '../domain/errors.js'
import type { MonitorDeps } from './Monitor.js'

/**
 * Checks that the clients, readers and handlers of a host name configured chains, and that each reader reads its chain.
 *
 * @throws ConfigError that lists every problem.
 */
export function requireKnown({ clients = {}, readers = {}, handlers = [] }: MonitorDeps, { chains }: Config): void {
  const named = [
    ...Object.keys(clients).map((name) => ({ path: `clients.${name}`, name })),
    ...Object.keys(readers).map((name) => ({ path: `readers.${name}`, name })),
    ...handlers.flatMap(({ chains: wanted = [] }, at) =>
      wanted.map((name, index) => ({ path: `handlers[${at}].chains[${index}]`, name })),
    ),
  ]
  const issues = [
    ...named
      .filter(({ name }) => !chains.some((chain) => chain.name === name))
      .map(({ path }): ConfigIssue => ({ path, message: 'expected the name of a chain of the configuration' })),
    ...Object.entries(readers).flatMap(([name, { chain }]): readonly ConfigIssue[] => {
      const path = `readers.${name}`
      if (name in clients) return [{ path, message: 'expected a client or a reader of a chain, not both' }]
      return chain === name ? [] : [{ path, message: `expected a reader of ${name}, but it reads ${chain}` }]
    }),
  ]
  if (issues.length > 0) throw new ConfigError(issues)
}
