import type { PublicClient } from 'viem'
import { type Answer, type Call, readCalls } from '../../rpc/readCalls.js'

/**
 * Reads views at one block, and once more by itself each that failed among others: it may only have been left
 * without gas by them.
 */
export async function readSurely(
  client: PublicClient,
  calls: readonly Call[],
  block: bigint,
): Promise<readonly Answer[]> {
  const answers = await readCalls(client, calls, block)
  const isSure = (index: number): boolean => answers[index]?.ok === true || calls[index]?.alone === true
  const again = calls.flatMap((call, index) => (isSure(index) ? [] : [{ ...call, alone: true }]))
  if (again.length === 0) return answers
  const second = (await readCalls(client, again, block)).values()
  return answers.map((answer, index) => (isSure(index) ? answer : (second.next().value ?? answer)))
}
