import { readProxies } from '../config/environment.js'
import type { Config } from '../config/schema.js'
import { secretsOf } from '../config/secretsOf.js'
import { redactor } from '../domain/secrets/redactor.js'

/**
 * Puts something harmless in the place of every secret of a configuration and of the environment's proxies, in any
 * text.
 */
export function redactorOf(config: Config): (text: string) => string {
  return redactor(secretsOf(config, readProxies()))
}
