import { judgeSignatures, mostSignatures } from '../../domain/upgrades/postCheck/judgeSignatures.js'
import type { PostCheck } from '../../domain/upgrades/postCheck/postCheck.js'
import { readSignatures, type SignatureQuestion } from './readSignatures.js'

export interface SignatureLook extends Pick<SignatureQuestion, 'nodes' | 'address'> {
  /** The validator as configured; `address` is the one it signs with. */
  readonly validator: string
  /** The first block after the height of the upgrade. */
  readonly first: bigint
  /** The newest known block. Its signatures are in the block after it. */
  readonly head: bigint
  /** Time since the check was first owed, in milliseconds. */
  readonly waitedMs: number
}

/** Reads the signatures of the blocks after the height, up to the first one that our validator signed. */
export async function lookAtSignatures(
  { nodes, address, validator, first, head, waitedMs }: SignatureLook,
  signal: AbortSignal,
): Promise<PostCheck> {
  const facts = await readSignatures({ nodes, address, heights: heightsFor(first, head) }, signal)
  return judgeSignatures({ validator, waitedMs, ...facts })
}

// Number of newest blocks that are read as well. A validator that has started to sign meanwhile is well.
const newest = 3n

/**
 * The first blocks after the height, then the newest ones. The head is left out, because its signatures do not exist
 * yet.
 */
function heightsFor(first: bigint, head: bigint): readonly bigint[] {
  const count = head - first
  const heights = Array.from(
    { length: Math.max(0, Math.min(Number(count), mostSignatures)) },
    (_, at) => first + BigInt(at),
  )
  const late = [newest, 2n, 1n].map((back) => head - back).filter((height) => height >= first + BigInt(mostSignatures))
  return [...heights, ...late]
}
