import type { PublicClient } from 'viem'
import { classifyRpcError } from '../../rpc/classifyRpcError.js'
import { type Answer, type Call, readCalls } from '../../rpc/readCalls.js'
import { readAlone } from './readAlone.js'

/**
 * Reads views whose answers may be long, at one block. They go through one multicall as long as that works. What it
 * cannot answer, because it runs as the creation of a contract and the answer is held to the size of one, is asked
 * in halves, and in the end by itself.
 */
export async function readWide(client: PublicClient, calls: readonly Call[], block: bigint): Promise<readonly Answer[]> {
  const [first] = calls
  if (first === undefined) return []
  try {
    const answers = await readCalls(client, calls, block)
    // One that fails among others may only have been left without gas by them.
    return await Promise.all(calls.map(async (call, index): Promise<Answer> => {
      const answer = answers[index]
      return answer?.ok === true ? answer : readAlone(client, call, block)
    }))
  } catch (cause) {
    if (!isTooLarge(cause)) throw cause
  }
  if (calls.length === 1) return [await readAlone(client, first, block)]
  const half = Math.ceil(calls.length / 2)
  const parts = await Promise.all([readWide(client, calls.slice(0, half), block), readWide(client, calls.slice(half), block)])
  return parts.flat()
}

function isTooLarge(cause: unknown): boolean {
  const { class: kind, message } = classifyRpcError(cause)
  return kind === 'reverted' || kind === 'range-too-large' || /code ?(?:size|storage)|contract ?size/i.test(message)
}
