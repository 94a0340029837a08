import type { Config } from '../config/schema.js'
import { concealing } from '../domain/concealing.js'

/** Puts something harmless in the place of every secret of a configuration, in any text. */
export function concealer({ chains, notifier: { handlers } }: Config): (text: string) => string {
  return concealing({
    urls: [
      ...chains.flatMap(({ rpc, governance }) => [...rpc.urls, ...governance.rest]),
      ...handlers.flatMap((handler) => ('url' in handler ? [handler.url] : [])),
    ],
    secrets: handlers.flatMap((handler) => ('secret' in handler ? [handler.secret] : [])),
  })
}
