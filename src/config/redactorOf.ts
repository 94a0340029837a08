import { type ProxyVariables, readProxies } from './environment.js'
import type { Config } from './schema.js'
import { secretsOf } from './secretsOf.js'
import { redactor } from '../domain/secrets/redactor.js'

/** Creates a function that replaces every secret of a configuration and of the proxies in a text. */
export function redactorOf(config: Config, proxies: ProxyVariables = readProxies()): (text: string) => string {
  return redactor(secretsOf(config, proxies))
}
