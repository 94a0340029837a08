import { channelOf } from '../channels/registry.js'
import type { Concealed } from '../domain/secrets/redactor.js'
import type { ProxyVariables } from './environment.js'
import type { Config } from './schema.js'

/** Collects every secret of a configuration and of the proxies. */
export function secretsOf(
  { chains, notifier: { handlers, heartbeat }, http: server }: Pick<Config, 'chains' | 'notifier' | 'http'>,
  { http, https }: ProxyVariables = {},
): Required<Concealed> {
  const ofHandlers = handlers.map((handler) => channelOf(handler).secrets(handler))
  return {
    urls: [
      ...chains.flatMap(({ rpc, governance }) => [
        ...rpc.urls,
        ...(rpc.ws === undefined ? [] : [rpc.ws]),
        ...governance.rest,
      ]),
      ...ofHandlers.flatMap(({ urls = [] }) => urls),
      ...[heartbeat?.url, http, https].filter((url) => url !== undefined),
    ],
    names: [...chains, ...handlers].map(({ name }) => name),
    secrets: [...ofHandlers.flatMap(({ secrets = [] }) => secrets), ...Object.values(server?.tokens ?? {})],
    headers: [
      ...chains.flatMap(({ rpc }) => Object.values(rpc.headers)),
      ...ofHandlers.flatMap(({ headers = [] }) => headers),
    ],
  }
}
