import { readProxies } from '../config/environment.js'
import type { Config } from '../config/schema.js'
import { createRedaction, type Redaction } from '../config/createRedaction.js'
import { createHttpClient } from '../transport/createHttpClient.js'
import { createSocketOpener } from '../transport/createSocketOpener.js'
import type { HttpClient } from '../transport/HttpClient.js'
import type { SocketOpener } from '../transport/SocketOpener.js'

/** How servers are reached, and what they must not give away. */
export interface ServerAccess {
  readonly http: HttpClient
  readonly openSocket: SocketOpener
  /** Puts something harmless in the place of every secret of the configuration and of the proxies. */
  readonly conceal: (text: string) => string
}

/**
 * One client, and one way to open sockets, for all that a configuration reaches, through the proxies of the
 * environment. Nothing is contacted.
 *
 * @throws ConfigError where the environment names a proxy that is none.
 */
export function createServerAccess(config: Config): ServerAccess & Redaction {
  const proxies = readProxies()
  return {
    http: createHttpClient({ proxies }),
    openSocket: createSocketOpener({ proxies }),
    ...createRedaction(config, proxies),
  }
}
