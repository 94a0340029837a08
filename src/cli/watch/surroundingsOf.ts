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
      // An older version does not send it.
      channelsDown: z._default(z.array(channelDown), []),
    }),
  ),
})

/** The configuration of a remote govstream, and the state of its channels. */
export interface Surroundings {
  readonly named: readonly NamedChain[]
  readonly channelsDown: NonNullable<Picture['channelsDown']>
}

/**
 * Emits the chains that a remote govstream is configured for, including those that it does not read and that no event
 * mentions, and its channels that are down. Completes without a value if the request fails or is not understood.
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
