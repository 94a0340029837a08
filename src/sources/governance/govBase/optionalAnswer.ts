import { RpcRequestError } from 'viem'
import { walk } from '../../rpc/walk.js'

/**
 * What a method that a node need not have answers; `undefined` where the node refuses it, whatever its words. A node
 * that cannot be reached is an error all the same.
 */
export async function optionalAnswer(answer: Promise<unknown>): Promise<unknown> {
  try {
    return await answer
  } catch (cause) {
    if (walk(cause, (error) => error instanceof RpcRequestError) === undefined) throw cause
    return undefined
  }
}
