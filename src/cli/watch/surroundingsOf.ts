import { concatMap, type Observable } from 'rxjs'
import * as z from 'zod/mini'
import type { ConnectOptions } from '../../remote/RemoteMonitor.js'
import type { NamedChain } from '../../views/watchedChains.js'
import { text } from '../../views/live/wire.js'
import { askRemote } from './askRemote.js'
import type { Picture } from './Picture.js'

const channelDown = z.object({ channel: text, since: text, reason: text, waiting: z.number() })
const body = z.object({
  items: z.array(
    z.object({
      chain: text,
      enabled: z.boolean(),
      // One of before does not tell.
      channelsDown: z._default(z.array(channelDown), []),
    }),
  ),
})

/** What a govstream elsewhere tells of its configuration, and of its channels. */
export interface Surroundings {
  readonly named: readonly NamedChain[]
  readonly channelsDown: NonNullable<Picture['channelsDown']>
}

/**
 * The chains of the configuration of a govstream elsewhere, also those that it does not read, of which no event tells,
 * and its channels that take nothing. Completes without them where they are not given or not understood.
 */
export function surroundingsOf(options: ConnectOptions): Observable<Surroundings> {
  return askRemote(options, 'api/v1/chains?limit=1000').pipe(
    concatMap((answer) => {
      const { success, data } = body.safeParse(answer)
      if (!success) return []
      const named = data.items.map(({ chain, enabled }) => ({ chain, enabled }))
      const channelsDown = data.items
        .flatMap((item) => item.channelsDown)
        .map(({ since, ...one }) => ({ ...one, since: Date.parse(since) || 0 }))
      return [{ named, channelsDown }]
    }),
  )
}
