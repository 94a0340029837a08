import { z } from 'zod'
import { section } from '../schema/section.js'
import { headerName, headerValue, httpUrl, list, text, timerDuration, whole } from '../schema/scalars.js'

const chainId = 'expected a chain id: a whole number, or a text on a chain without contracts'

/** How to reach one chain. */
export const rpcSchema = section({
  // That one is needed where no client is brought along, `findConflicts` sees to.
  urls: list(httpUrl(), 'URLs')
    .readonly()
    .prefault([])
    .describe('RPC endpoints of the chain. The first healthy one is used.'),
  timeout: timerDuration().prefault('30s').describe('Longest wait for one answer.'),
  chainId: z
    .exactOptional(z.union([whole(1), text(chainId)], { error: chainId }))
    .describe(
      'Expected chain id, a text such as "cosmoshub-4" for cosmos. A node that answers another one is refused.',
    ),
  agreement: whole(1).prefault(1).describe('How many of the urls must agree before an upgrade is acted on.'),
  batchSize: whole(1)
    .prefault(100)
    .describe('Most calls in one JSON-RPC batch. It is halved by itself where a node takes fewer.'),
  headers: z
    .record(headerName(), headerValue())
    .prefault({})
    .describe('Headers of every request to these URLs, such as an authorization. Their values are kept secret.'),
  maxLogRange: whole(1).prefault(10_000).describe('Most blocks one eth_getLogs asks for.'),
})
