import type { ChainConfig } from '../../config/schema.js'
import { defined } from '../../domain/defined.js'
import { reasonOf } from '../../domain/errors.js'
import { consensusAddressOf } from '../../domain/upgrades/postCheck/consensusAddress.js'
import { type BlockFacts, judgeBlocks, type NodeBlock } from '../../domain/upgrades/postCheck/judgeBlocks.js'
import type { PostCheck } from '../../domain/upgrades/postCheck/postCheck.js'
import type { Upgrade } from '../../domain/upgrades/upgrade.js'
import { withinTime } from '../../preflight/withinTime.js'
import type { GovernanceReader } from '../../sources/governance/GovernanceReader.js'
import { lookAtSignatures } from './lookAtSignatures.js'

export interface PostCheckDeps {
  /** One reader for each node that reports blocks, the operator's own first. */
  readonly nodes: readonly GovernanceReader[]
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
}

/** The result of the check after a height. */
interface PostLook {
  readonly checks: readonly PostCheck[]
  /** Host clock, Unix milliseconds. */
  readonly checkedAt: number
}

/**
 * Checks what the nodes report after the height of an upgrade. `head` is the newest known block. Rejects only if
 * `signal` aborts.
 */
export type LookAfterHeight = (upgrade: Upgrade, head: bigint, signal: AbortSignal) => Promise<PostLook>

// Time limit in milliseconds. It is short because a verdict waits for the check.
const limitMs = 5_000

/** Creates the check of one chain. */
export function createPostCheck(
  { monitor: { validator } }: Pick<ChainConfig, 'monitor'>,
  { nodes, now }: PostCheckDeps,
): LookAfterHeight {
  const address = validator === undefined ? undefined : consensusAddressOf(validator)
  return async ({ height, postCheck }, head, signal) => {
    // A plan with a time instead of a height has no block to check.
    if (height === undefined) return { checks: [], checkedAt: now() }
    const first = BigInt(height) + 1n
    // The absolute value is used so that a clock that was set back does not make the check wait for long.
    const waitedMs = Math.abs(now() - (postCheck?.since ?? now()))
    const [block, signature] = await Promise.all([
      nodes.length < 2 ? undefined : compareBlocks(nodes, { height: first, head, waitedMs }, signal),
      validator === undefined || address === undefined
        ? undefined
        : lookAtSignatures({ nodes, validator, address, first, head, waitedMs }, signal),
    ])
    signal.throwIfAborted()
    return { checks: [block, signature].filter((check) => check !== undefined), checkedAt: now() }
  }
}

async function compareBlocks(
  nodes: readonly GovernanceReader[],
  facts: Omit<BlockFacts, 'blocks'>,
  signal: AbortSignal,
): Promise<PostCheck> {
  const blocks = await Promise.all(nodes.map((node, at) => blockAt(node, `node ${at + 1}`, facts.height, signal)))
  return judgeBlocks({ ...facts, blocks })
}

async function blockAt(
  node: GovernanceReader,
  unnamed: string,
  height: bigint,
  signal: AbortSignal,
): Promise<NodeBlock> {
  const { host = unnamed } = node
  const late: NodeBlock = { host, problem: `no answer within ${limitMs / 1000} s` }
  const look = async (own: AbortSignal): Promise<NodeBlock> => {
    try {
      const block = await node.readBlock(height, own)
      return block === undefined ? { host, isBehind: true } : { host, ...defined({ hash: block.hash }) }
    } catch (cause) {
      return { host, problem: reasonOf(cause) }
    }
  }
  return withinTime(limitMs, look, late, signal)
}
