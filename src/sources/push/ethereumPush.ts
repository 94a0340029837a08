import * as z from 'zod'
import { parsedJson } from '../../domain/text/boundedJson.js'
import { type PushDialect, type PushMessage, refusal } from './PushDialect.js'

const message = z.union([
  refusal,
  z.object({ id: z.literal(1), result: z.string() }).transform((): PushMessage => ({ kind: 'subscribed' })),
  z
    .object({
      method: z.literal('eth_subscription'),
      params: z.object({ result: z.object({ number: z.string().max(66), hash: z.string().max(66) }) }),
    })
    .transform(({ params: { result } }): PushMessage => ({ kind: 'head', head: `${result.number} ${result.hash}` })),
])

/**
 * Subscribes to `newHeads` of an Ethereum node, which sends each new head, not each block. Heights can jump, repeat and
 * go back with the chain, and some nodes send the same head twice.
 *
 * Source: go-ethereum, `rpc/subscription.go` and the page "Real-time events".
 */
export const ethereumPush: PushDialect = {
  subscription: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_subscribe', params: ['newHeads'] }),
  read: (text) => message.safeParse(parsedJson(text)).data,
}
