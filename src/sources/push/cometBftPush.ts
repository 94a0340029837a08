import * as z from 'zod'
import { parsedJson } from '../../domain/text/boundedJson.js'
import { type PushDialect, type PushMessage, refusal } from './PushDialect.js'

const height = z.string().max(20)
const message = z.union([
  refusal,
  z
    .object({
      result: z.object({ data: z.object({ value: z.object({ header: z.object({ height }) }) }) }),
    })
    .transform(({ result }): PushMessage => ({ kind: 'head', head: result.data.value.header.height })),
  z.object({ id: z.literal(1), result: z.strictObject({}) }).transform((): PushMessage => ({ kind: 'subscribed' })),
])

/**
 * Subscribes to the new headers of a CometBFT node, at the path `/websocket`; whole blocks can be megabytes. Events
 * carry the id of the subscription. So does the error that ends it, for example because the client is too slow or there
 * are too many clients; the socket stays open then.
 *
 * Source: CometBFT, `rpc/core/events.go` and `rpc/jsonrpc/server/ws_handler.go`.
 */
export const cometBftPush: PushDialect = {
  subscription: JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    method: 'subscribe',
    params: { query: "tm.event='NewBlockHeader'" },
  }),
  read: (text) => message.safeParse(parsedJson(text)).data,
}
