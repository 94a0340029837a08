import { numberToHex, type Client, RpcRequestError } from 'viem'
import { type AskedLogs, checkLogs, type SourceLog } from './checkLogs.js'
import { findCause } from '../errors/findCause.js'

export interface LogQuery extends AskedLogs {
  /** Any of these as first topic. */
  readonly topics: readonly `0x${string}`[]
  readonly host: string
}

/**
 * The logs of a block range, both ends included, checked and in chain order.
 *
 * Always asks by number: some nodes take a tag for the whole chain, or for nothing. The caller must not ask
 * beyond the head of the same node, where some answer with an empty list.
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

/** The node answered the question for logs itself, and with an error: the range may be the reason, whatever it says. */
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
