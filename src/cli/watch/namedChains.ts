import { concatMap, type Observable } from 'rxjs'
import * as z from 'zod/mini'
import type { ConnectOptions } from '../../remote/RemoteMonitor.js'
import type { NamedChain } from '../../views/watchedChains.js'
import { text } from '../../views/live/wire.js'
import { askRemote } from './askRemote.js'

const body = z.object({ items: z.array(z.object({ chain: text, enabled: z.boolean() })) })

/**
 * The chains of the configuration of a govstream elsewhere, also those that it does not read, of which no event tells.
 * Completes without them where they are not given or not understood.
 */
export function namedChains(options: ConnectOptions): Observable<readonly NamedChain[]> {
  return askRemote(options, 'api/v1/chains?limit=1000').pipe(
    concatMap((answer) => {
      const { success, data } = body.safeParse(answer)
      return success ? [data.items] : []
    }),
  )
}
