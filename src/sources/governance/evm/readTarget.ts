import type { PublicClient } from 'viem'
import type { Head } from '../../../domain/blocks/head.js'
import { readHead } from '../../readHead.js'
import type { Finality } from './EvmContext.js'

/** The newest block, and the one to read at. */
export interface Target {
  readonly head: Head
  readonly number: bigint
  /** Absent where finality is a number of confirmations: then the hash is read with the rest. */
  readonly hash?: string
}

/** The head of the node, and with the finality's tag in the same HTTP batch where there is one. */
export async function readTarget(
  client: Pick<PublicClient, 'request'>,
  finality: Finality,
  host: string,
): Promise<Target> {
  if (finality === 'latest') {
    const head = await readHead(client, 'latest', host)
    return { head, number: head.number, hash: head.hash }
  }
  if (typeof finality === 'number') {
    const head = await readHead(client, 'latest', host)
    const behind = head.number - BigInt(finality)
    return finality === 0 ? { head, number: head.number, hash: head.hash } : { head, number: behind < 0n ? 0n : behind }
  }
  const [head, tagged] = await Promise.all([readHead(client, 'latest', host), readHead(client, finality, host)])
  // Of two answers a moment apart, the tag's block can be the newer one.
  return { head: head.number < tagged.number ? tagged : head, number: tagged.number, hash: tagged.hash }
}
