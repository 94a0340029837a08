import type { Client } from 'viem'
import type { Head } from '../../../domain/blocks/head.js'
import { readHead } from '../../readHead.js'
import { classifyRpcError } from '../../rpc/errors/classifyRpcError.js'
import { SourceError } from '../../../domain/errors.js'

/** Which block is read: the one with this tag, or one that is so many blocks behind the head. */
export type Finality = 'latest' | 'safe' | 'finalized' | number

/** The newest block, and the one to read at. */
export interface Target {
  readonly head: Head
  readonly number: bigint
  /** Absent where finality is a number of confirmations: then the hash is read with the rest. */
  readonly hash?: string
}

/** The head of the node, and with the finality's tag in the same HTTP batch where there is one. */
export async function readTarget(client: Pick<Client, 'request'>, finality: Finality, host: string): Promise<Target> {
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

// The next server at the address may have the block. If not, a few lower ones are tried: on fast chains servers of one
// provider lie many blocks apart.
const distances = [0n, 0n, 1n, 2n, 4n, 8n, 16n]

/**
 * Reads at the target, and where a server does not have that block, at the same one again and then at lower ones.
 * A fresh `latest` would only aim at the next block that half of the servers lack. So it is where servers stand on two
 * branches for a moment: at the same block again, then at its parent, on which they agree.
 *
 * @param floor - Highest block that was read already: at it and below there is nothing to find.
 * @returns `undefined` where only that is left.
 * @throws What the last try threw, or the first that is no matter of a missing block.
 */
export async function nearTarget<T>(
  target: Target,
  floor: bigint,
  run: (target: Target) => Promise<T>,
): Promise<T | undefined> {
  let missing: unknown
  for (const step of distances) {
    const near = lowered(target, step)
    const isFloor = step > 0n && near.number <= floor
    // After two blocks at one height only what the head itself vouches for is read, and nothing new is no answer.
    if (missing instanceof MovedError && (isFloor || near.hash === undefined)) throw missing
    if (isFloor) return undefined
    try {
      return await run(near)
    } catch (cause) {
      if (!(cause instanceof MovedError) && !isBehind(cause)) throw cause
      missing = cause
    }
  }
  throw missing
}

function lowered(target: Target, step: bigint): Target {
  if (step === 0n) return target
  const { head, number, hash } = target
  // The parent of a head is known by its hash; of older blocks the hash is read with the rest.
  return { head, number: number - step, ...(step === 1n && hash === head.hash && { hash: head.parentHash }) }
}

function isBehind(cause: unknown): boolean {
  return cause instanceof BehindError || classifyRpcError(cause).lagging === true
}

/** A server does not have a block that another one at the same address had: they are several, and not in step. */
export class BehindError extends SourceError {
  constructor(message: string) {
    super('transient', message)
  }
}

/**
 * A server has another block at a height than the one it, or another one at the same address, named a moment before.
 */
export class MovedError extends SourceError {
  constructor(message: string) {
    super('transient', message)
  }
}
