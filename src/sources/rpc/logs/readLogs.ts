import { numberToHex, type Client, RpcRequestError } from 'viem'
import { type AskedLogs, checkLogs, type SourceLog } from './checkLogs.js'
import { findCause } from '../errors/findCause.js'

export interface LogQuery extends AskedLogs {
  /** The first topic of a log must be one of these. */
  readonly topics: readonly `0x${string}`[]
  readonly host: string
}

/**
 * Reads the logs of a block range, both ends included, checked and in chain order.
 *
 * It always requests by number, because some nodes read a tag as the whole chain, or as no block. The caller must not
 * request blocks after the head of the same node: some nodes answer that with an empty list.
 */
export async function readLogs(client: Pick<Client, 'request'>, query: LogQuery): Promise<readonly SourceLog[]> {
  const logs = await refusing(
    client.request({
      method: 'eth_getLogs',
      params: [
        {
          address: [...query.addresses].map((address): `0x${string}` => `0x${address.slice(2)}`),
          topics: [[...query.topics]],
          fromBlock: numberToHex(query.from),
          toBlock: numberToHex(query.to),
        },
      ],
    }),
  )
  return checkLogs(logs, query, query.host)
}

/**
 * The node itself answered the request for logs with an error. The range may be the reason, whatever the error says.
 */
export class LogsRefusedError extends Error {
  constructor(options: ErrorOptions) {
    super('The node refuses the logs.', options)
    this.name = 'LogsRefusedError'
  }
}

async function refusing<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked
  } catch (cause) {
    throw findCause(cause, (error) => error instanceof RpcRequestError) === undefined
      ? cause
      : new LogsRefusedError({ cause })
  }
}
