import type { Config } from '../config/schema.js'
import { ConfigError } from '../domain/errors.js'

/** Sees to it that the clients a host brings along belong to chains of the configuration. Throws `ConfigError`. */
export function requireKnown(names: readonly string[], { chains }: Config): void {
  const unknown = names.find((name) => !chains.some((chain) => chain.name === name))
  if (unknown !== undefined)
    throw new ConfigError([
      { path: `clients.${unknown}`, message: 'expected the name of a chain of the configuration' },
    ])
}
