import type { Client } from 'viem'
import type { Head } from '../../../domain/blocks/head.js'
import { readHead } from '../../readHead.js'
import { classifyRpcError } from '../../rpc/errors/classifyRpcError.js'
import { SourceError } from '../../../domain/errors.js'

/** Which block is read: the one with this tag, or the one this number of blocks behind the head. */
export type Finality = 'latest' | 'safe' | 'finalized' | number

/** The newest block, and the block to read at. */
export interface Target {
  readonly head: Head
  readonly number: bigint
  /** Absent if finality is a number of confirmations; then the hash is read together with the rest. */
  readonly hash?: string
}

/** Reads the head of the node and, if finality is a tag, the block with that tag, in one HTTP batch. */
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
  // The two answers are a moment apart, so the tagged block can be newer than the head.
  return { head: head.number < tagged.number ? tagged : head, number: tagged.number, hash: tagged.hash }
}

// Distances below the target that are tried in turn. Another server at the address may have the block, so the target is
// tried twice. Then lower blocks are tried, because on fast chains the servers of one provider are many blocks apart.
const distances = [0n, 0n, 1n, 2n, 4n, 8n, 16n]

/**
 * Reads at the target. If a server does not have that block, tries the same block again and then lower ones; a fresh
 * `latest` would only name the next block that half of the servers lack. The same is done if servers briefly follow two
 * branches: the same block again, then its parent, on which they agree.
 *
 * @param floor - Highest block that was read already. Blocks up to it hold nothing new.
 * @returns `undefined` if only blocks up to the floor are left.
 * @throws The error of the last attempt, or the first error that is not about a missing or replaced block.
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
    // After two different blocks at one height, only a block whose hash is known is read, and finding nothing new is an
    // error.
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
  // The hash of the parent is known from the head; the hash of an older block is read together with the rest.
  return { head, number: number - step, ...(step === 1n && hash === head.hash && { hash: head.parentHash }) }
}

function isBehind(cause: unknown): boolean {
  return cause instanceof BehindError || classifyRpcError(cause).lagging === true
}

/** A server does not have a block that another server at the same address reported. */
export class BehindError extends SourceError {
  constructor(message: string) {
    super('transient', message)
  }
}

/**
 * A server has a different block at a height than the one that it, or another server at the same address, just
 * reported.
 */
export class MovedError extends SourceError {
  constructor(message: string) {
    super('transient', message)
  }
}
