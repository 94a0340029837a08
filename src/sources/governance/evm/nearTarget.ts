import { classifyRpcError } from '../../rpc/classifyRpcError.js'
import { BehindError } from './BehindError.js'
import { MovedError } from './MovedError.js'
import type { Target } from './readTarget.js'

// The next server at the address may have the block. If not, a few lower ones are tried: on fast chains servers of one
// provider lie many blocks apart.
const steps = [0n, 0n, 1n, 2n, 4n, 8n, 16n]

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
  for (const step of steps) {
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
