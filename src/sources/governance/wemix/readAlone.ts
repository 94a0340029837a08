import { ContractFunctionZeroDataError, HttpRequestError, type PublicClient, RpcRequestError, TimeoutError } from 'viem'
import { classifyRpcError } from '../../rpc/classifyRpcError.js'
import type { Answer, Call } from '../../rpc/readCalls.js'
import { walk } from '../../rpc/walk.js'

/** Reads one view in a call of its own. A view that fails is an answer; a request that fails rejects. */
export async function readAlone(client: Pick<PublicClient, 'readContract'>, { address, abi, functionName, args = [] }: Call, block: bigint): Promise<Answer> {
  try {
    return { ok: true, value: await client.readContract({ address, abi, functionName, args, blockNumber: block }) }
  } catch (cause) {
    if (walk(cause, (error) => error instanceof ContractFunctionZeroDataError) !== undefined) return { ok: false, why: 'empty', reason: '' }
    const request = walk(cause, (error) => error instanceof RpcRequestError || error instanceof HttpRequestError || error instanceof TimeoutError)
    if (request === undefined) return { ok: false, why: 'malformed', reason: '' }
    if (classifyRpcError(cause).class === 'reverted') return { ok: false, why: 'reverted', reason: '' }
    throw cause
  }
}
