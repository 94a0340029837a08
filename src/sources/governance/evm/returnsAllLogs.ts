import { isAddress, isHash, numberToHex } from 'viem'
import * as z from 'zod'
import { readHeader } from '../../readHead.js'
import { allInOrder } from '../../rpc/allInOrder.js'
import { explainBloom } from '../../rpc/logs/mayHoldLogs.js'
import type { ChainClient } from './context.js'

const topic = z.custom<`0x${string}`>((value) => typeof value === 'string' && isHash(value))
const logsSchema = z.array(
  z.object({
    address: z.custom<`0x${string}`>((value) => typeof value === 'string' && isAddress(value, { strict: false })),
    topics: z.array(topic).max(4),
    blockHash: z.string(),
  }),
)

/**
 * Whether a node returns all logs of a block: they set every bit of the bloom filter in its header. Then the block
 * holds no other log, although its filter may match one by chance, or because somebody chose the block for it. Not
 * worth a request in each reading: a block may hold thousands of logs.
 */
export async function returnsAllLogs({ client, host }: ChainClient, block: bigint): Promise<boolean> {
  const [header, answer] = await allInOrder([
    readHeader(client, block, host),
    client
      .request({ method: 'eth_getLogs', params: [{ fromBlock: numberToHex(block), toBlock: numberToHex(block) }] })
      .catch((): undefined => undefined),
  ])
  const { data: logs } = logsSchema.safeParse(answer)
  if (header?.logsBloom === undefined || logs === undefined) return false
  const isOfBlock = logs.every(({ blockHash }) => blockHash.toLowerCase() === header.head.hash)
  return isOfBlock && explainBloom(logs, header.logsBloom)
}
