import { reasonOf } from '../../domain/errors.js'
import {
  judgeSignatures,
  mostSignatures,
  type SignatureFacts,
} from '../../domain/upgrades/postCheck/judgeSignatures.js'
import type { PostCheck } from '../../domain/upgrades/postCheck/postCheck.js'
import { withinTime } from '../../preflight/withinTime.js'
import type { GovernanceReader } from '../../sources/governance/GovernanceReader.js'

export interface SignatureLook {
  /** One reader for each node, the operator's own first. The next one is asked only if it does not answer. */
  readonly nodes: readonly Pick<GovernanceReader, 'readSignature'>[]
  /** The validator as configured; `address` is the one it signs with. */
  readonly validator: string
  readonly address: string
  /** The first block after the height of the upgrade. */
  readonly first: bigint
  /** The newest known block. Its signatures are in the block after it. */
  readonly head: bigint
  /** Time since the check was first owed, in milliseconds. */
  readonly waitedMs: number
}

// Time limit for one node, in milliseconds, because a verdict waits for the check.
const limitMs = 20_000

/** Reads the signatures of the blocks after the height, up to the first one that our validator signed. */
export async function lookAtSignatures(look: SignatureLook, signal: AbortSignal): Promise<PostCheck> {
  const { nodes, validator, waitedMs } = look
  const late: Seen = { seen: [], problem: `no answer within ${limitMs / 1000} s.` }
  let facts: Seen = { seen: [], problem: 'no node reports who signed a block.' }
  for (const node of nodes) {
    facts = await withinTime(limitMs, (own) => readSignatures(node, look, own), late, signal)
    signal.throwIfAborted()
    if (facts.problem === undefined) break
  }
  return judgeSignatures({ validator, waitedMs, ...facts })
}

type Seen = Pick<SignatureFacts, 'seen' | 'problem'>

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

async function readSignatures(
  node: Pick<GovernanceReader, 'readSignature'>,
  { address, first, head }: SignatureLook,
  signal: AbortSignal,
): Promise<Seen> {
  const seen: Seen['seen'][number][] = []
  try {
    for (const height of heightsFor(first, head)) {
      if (node.readSignature === undefined)
        return { seen: [], problem: 'this system does not report who signed a block.' }
      const signature = await node.readSignature(height, address, signal)
      if (signature === undefined) break
      seen.push({ height, signature })
      if (signature === 'signed') break
    }
    return { seen }
  } catch (cause) {
    return { seen: [], problem: reasonOf(cause) }
  }
}
