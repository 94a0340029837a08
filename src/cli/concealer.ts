import { readProxies } from '../config/environment.js'
import type { Config } from '../config/schema.js'
import { secretsOf } from '../config/secretsOf.js'
import { concealing } from '../domain/secrets/concealing.js'

/** Puts something harmless in the place of every secret of a configuration and of the environment's proxies, in any text. */
export function concealer(config: Config): (text: string) => string {
  return concealing(secretsOf(config, readProxies()))
}
