import { readProxies } from '../config/environment.js'
import type { Config } from '../config/schema.js'
import { createRedaction, type Redaction } from '../config/createRedaction.js'
import { createHttpClient } from '../transport/createHttpClient.js'
import { createSocketOpener } from '../transport/createSocketOpener.js'
import type { HttpClient } from '../transport/HttpClient.js'
import type { SocketOpener } from '../transport/SocketOpener.js'

/** How servers are reached, and how secrets are hidden from what they return. */
export interface ServerAccess {
  readonly http: HttpClient
  readonly openSocket: SocketOpener
  /** Replaces every secret of the configuration and of the proxies in a text. */
  readonly conceal: (text: string) => string
}

/**
 * Creates one HTTP client and one socket opener for everything a configuration reaches, through the proxies of the
 * environment. Nothing is contacted.
 *
 * @throws ConfigError if the environment names an invalid proxy.
 */
export function createServerAccess(config: Config): ServerAccess & Redaction {
  const proxies = readProxies()
  return {
    http: createHttpClient({ proxies }),
    openSocket: createSocketOpener({ proxies }),
    ...createRedaction(config, proxies),
  }
}
