import { HttpRequestError, RpcRequestError } from 'viem'
import { walk } from '../../rpc/walk.js'

/**
 * What a method that a node need not have answers; `undefined` where the node refuses it, whatever its words. A node
 * that cannot be reached is an error all the same. Wants a request of its own: gateways refuse whole batches.
 */
export async function optionalAnswer(answer: Promise<unknown>): Promise<unknown> {
  try {
    return await answer
  } catch (cause) {
    if (walk(cause, isRefusal) === undefined) throw cause
    return undefined
  }
}

function isRefusal(error: unknown): error is Error {
  if (error instanceof RpcRequestError) return true
  const status = error instanceof HttpRequestError ? (error.status ?? 0) : 0
  return status >= 400 && status < 500 && status !== 408 && status !== 429
}
