import { reasonOf } from '../../domain/errors.js'
import type { SignatureFacts } from '../../domain/upgrades/postCheck/judgeSignatures.js'
import { withinTime } from '../../preflight/withinTime.js'
import type { GovernanceReader } from '../../sources/governance/GovernanceReader.js'

/** A node that may report who signed a block. */
export type SignatureNode = Pick<GovernanceReader, 'readSignature'>

/** The blocks that were read, and why the next one was not. */
export type SignaturesSeen = Pick<SignatureFacts, 'seen' | 'problem'>

export interface SignatureQuestion {
  /** One reader for each node, the operator's own first. The next one is asked only if it does not answer. */
  readonly nodes: readonly SignatureNode[]
  /** Consensus address of the validator, 40 upper-case hex digits. */
  readonly address: string
  /** The blocks to read, in this order. */
  readonly heights: readonly bigint[]
}

// Time limit for one node, in milliseconds, because a verdict waits for the check.
const limitMs = 20_000

/** Reads the signatures of a validator under some blocks, up to the first one that it signed. */
export async function readSignatures(question: SignatureQuestion, signal: AbortSignal): Promise<SignaturesSeen> {
  const late: SignaturesSeen = { seen: [], problem: `no answer within ${limitMs / 1000} s.` }
  let facts: SignaturesSeen = { seen: [], problem: 'no node reports who signed a block.' }
  for (const node of question.nodes) {
    facts = await withinTime(limitMs, (own) => readFrom(node, question, own), late, signal)
    signal.throwIfAborted()
    if (facts.problem === undefined) break
  }
  return facts
}

async function readFrom(
  node: SignatureNode,
  { address, heights }: SignatureQuestion,
  signal: AbortSignal,
): Promise<SignaturesSeen> {
  const seen: SignaturesSeen['seen'][number][] = []
  try {
    for (const height of heights) {
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
