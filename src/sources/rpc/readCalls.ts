import { type Abi, ContractFunctionExecutionError, ContractFunctionRevertedError, ContractFunctionZeroDataError, type PublicClient } from 'viem'
import { walk } from './walk.js'

/** One view to read. */
export interface Call {
  readonly address: `0x${string}`
  readonly abi: Abi
  readonly functionName: string
  readonly args?: readonly unknown[]
}

/** What a view answered. Its value is as viem decodes it: narrow it before use. */
export type Answer =
  | { readonly ok: true; readonly value: unknown }
  /** `empty`: no code there, or no such function. `reason` holds the contract's words or the error's name. */
  | { readonly ok: false; readonly why: 'reverted' | 'empty' | 'malformed'; readonly reason: string }

// In bytes of calldata: about 150 calls of one argument. Their encoding has to fit the limit of init code, 48 KiB.
const batchSize = 150 * 36

/**
 * Reads views at one block through a multicall that needs no contract on the chain: one eth_call for about 150
 * of them. A view that fails is an answer; a request that fails rejects.
 */
export async function readCalls(client: Pick<PublicClient, 'multicall'>, calls: readonly Call[], blockNumber?: bigint): Promise<readonly Answer[]> {
  if (calls.length === 0) return []
  const results = await client.multicall({
    contracts: calls,
    batchSize,
    deployless: true,
    ...(blockNumber !== undefined && { blockNumber }),
  })
  return results.map((result): Answer => (result.status === 'success' ? { ok: true, value: result.result } : failed(result.error)))
}

function failed(error: unknown): Answer {
  // viem gives the failure of the eth_call itself to every call in it; that is no answer of a contract.
  if (!(error instanceof ContractFunctionExecutionError) || error.functionName === 'aggregate3') throw error
  const reverted = walk(error, (cause) => cause instanceof ContractFunctionRevertedError)
  if (reverted !== undefined) {
    const name = reverted.data?.errorName
    return { ok: false, why: 'reverted', reason: (name === 'Error' ? undefined : name) ?? reverted.reason ?? '' }
  }
  const empty = walk(error, (cause) => cause instanceof ContractFunctionZeroDataError)
  return { ok: false, why: empty === undefined ? 'malformed' : 'empty', reason: '' }
}
