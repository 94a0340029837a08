import { z } from 'zod'
import { section } from './section.js'
import { httpUrl, list, timerDuration, whole } from './scalars.js'

/** How to reach one chain. */
export const rpcSchema = section({
  urls: list(httpUrl(), 'URLs')
    .min(1, { error: 'expected at least one URL' }).readonly()
    .describe('RPC endpoints of the chain. The first healthy one is used.'),
  timeout: timerDuration().prefault('30s').describe('Longest wait for one answer.'),
  chainId: z.exactOptional(whole(1)).describe('Expected chain id. A node that answers another one is refused.'),
  agreement: whole(1).prefault(1).describe('How many of the urls must agree before an upgrade is acted on.'),
  maxLogRange: whole(1).prefault(10_000).describe('Most blocks one eth_getLogs asks for.'),
})
