import type { Concealed } from '../domain/secrets/redactor.js'
import type { ProxyVariables } from './environment.js'
import type { Config } from './schema.js'

/** Every secret that a configuration and the proxies of the environment hold. */
export function secretsOf(
  { chains, notifier: { handlers } }: Pick<Config, 'chains' | 'notifier'>,
  { http, https }: ProxyVariables = {},
): Required<Concealed> {
  return {
    urls: [
      ...chains.flatMap(({ rpc, governance }) => [...rpc.urls, ...governance.rest]),
      ...handlers.flatMap((handler) => ('url' in handler ? [handler.url] : [])),
      ...[http, https].filter((proxy) => proxy !== undefined),
    ],
    secrets: handlers.flatMap((handler) => ('secret' in handler ? [handler.secret] : [])),
    headers: chains.flatMap(({ rpc }) => Object.values(rpc.headers)),
  }
}
