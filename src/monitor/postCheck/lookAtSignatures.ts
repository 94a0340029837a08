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
  /** One reader a node, the operator's own first: it is asked, and the next ones where it does not answer. */
  readonly nodes: readonly Pick<GovernanceReader, 'readSignature'>[]
  /** As it is configured, and as it signs. */
  readonly validator: string
  readonly address: string
  /** The first block after the height. */
  readonly first: bigint
  /** The newest block that is known: its signatures lie in the one that comes after it. */
  readonly head: bigint
  /** Since the first look was asked for, in milliseconds. */
  readonly waitedMs: number
}

// A verdict waits for it. Milliseconds.
const limitMs = 20_000

/** Looks at the blocks after the height, up to the first one that our validator has signed. */
export async function lookAtSignatures(look: SignatureLook, signal: AbortSignal): Promise<PostCheck> {
  const { nodes, validator, waitedMs } = look
  const late: Seen = { seen: [], problem: `no answer within ${limitMs / 1000} s.` }
  let facts: Seen = { seen: [], problem: 'no node tells who signed a block.' }
  for (const node of nodes) {
    facts = await withinTime(limitMs, (own) => readSignatures(node, look, own), late, signal)
    signal.throwIfAborted()
    if (facts.problem === undefined) break
  }
  return judgeSignatures({ validator, waitedMs, ...facts })
}

type Seen = Pick<SignatureFacts, 'seen' | 'problem'>

// Whoever has begun to sign since is well.
const newest = 3n

/** The first blocks after the height, and the newest ones. A block that has none after it has no signatures yet. */
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
        return { seen: [], problem: 'this system does not tell who signed a block.' }
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
