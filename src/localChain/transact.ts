import {
  type Address,
  formatTransactionReceipt,
  type Hex,
  numberToHex,
  type RpcTransactionReceipt,
  type TransactionReceipt,
} from 'viem'
import type { ChainClient } from './chainClient.js'

export interface Transaction {
  /** One of the node's own accounts, or an impersonated one. */
  readonly from: Address
  /** If absent, `data` is deployed as a contract. */
  readonly to?: Address
  readonly data?: Hex
  readonly value?: bigint
}

// anvil mines asynchronously: only the answer of this method says that the transaction is mined.
interface SendSync {
  readonly Method: 'eth_sendTransactionSync'
  readonly Parameters: readonly [{ from: Address; to?: Address; data?: Hex; value?: Hex; gas: Hex }]
  readonly ReturnType: RpcTransactionReceipt
}

// More than any of the contracts needs, and less than the block limit. An estimate would cost a round trip, and fails
// if the state changes with the next block.
const gas = numberToHex(15_000_000n)

/**
 * Sends a transaction that the node mines at once, and returns its receipt.
 *
 * @throws Error with the contract's reason if it reverts.
 */
export async function transact(
  client: ChainClient,
  { from, to, data, value }: Transaction,
): Promise<TransactionReceipt> {
  const receipt = formatTransactionReceipt(
    await client.request<SendSync>({
      method: 'eth_sendTransactionSync',
      params: [
        {
          from,
          gas,
          ...(to === undefined ? {} : { to }),
          ...(data === undefined ? {} : { data }),
          ...(value === undefined ? {} : { value: numberToHex(value) }),
        },
      ],
    }),
  )
  if (receipt.status === 'reverted') {
    // The same call against the block before reverts with the reason.
    await client.call({ account: from, to, data, value, blockNumber: receipt.blockNumber - 1n })
    throw new Error(`Transaction ${receipt.transactionHash} was reverted.`)
  }
  return receipt
}
