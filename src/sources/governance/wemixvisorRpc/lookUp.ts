import type { Head } from '../../../domain/blocks/head.js'
import { defined } from '../../../domain/defined.js'
import { SourceError } from '../../../domain/errors.js'
import type { JsonRpcEndpoint } from '../../jsonRpc/createJsonRpcEndpoints.js'
import type { JsonRpcAnswer, JsonRpcCall } from '../../jsonRpc/matchAnswers.js'
import type { Checkpoint } from '../cosmosSdk/checkpoints.js'
import type { Cursor } from './cursor.js'
import { type BlockFacts, decodeBlock, headOf, type NodeStatus } from './decode.js'

/** What the second request of a reading asks. */
interface SecondQuestion {
  readonly chain: string
  readonly status: NodeStatus
  readonly cursor: Cursor | undefined
  /** Single proposals. */
  readonly ids: readonly string[]
}

/** What the second request of a reading tells. */
export interface SecondLook {
  readonly block: BlockFacts
  /** An older block, read at the start. Together with the head it gives the block time. */
  readonly sample?: Head
  /** The first block of the chain, or if the node does not have it the older block. Read at the start. */
  readonly first?: Checkpoint
  /** Hash of the last checkpoint's block, as the node reports it now. */
  readonly before?: string
  /** Answers about the single proposals, in their order. */
  readonly told: readonly JsonRpcAnswer[]
}

// Distance of the older block that is read at the start, to measure the block time.
const sampleBlocks = 100n

/** Makes the second request: the new block, older ones at the start, and single proposals. */
export async function lookUp(
  endpoint: JsonRpcEndpoint,
  { chain, status, cursor, ids }: SecondQuestion,
  signal: AbortSignal,
): Promise<SecondLook> {
  const { height } = status
  const back = height > sampleBlocks ? height - sampleBlocks : 1n
  // The block of the last checkpoint must still be the same, if blocks have hashes.
  const known = cursor?.checkpoints.slice(-1).map(({ number }) => number) ?? []
  const past = cursor === undefined ? [...new Set([back, 1n])].filter((at) => at < height) : known
  const heights = cursor?.head.number === height ? [] : [height, ...past]
  const calls: readonly JsonRpcCall[] = [
    ...heights.map((at) => ({ method: 'block', params: { height: at.toString() } })),
    ...ids.map((id) => ({ method: 'gov/proposal', params: { proposal_id: id } })),
  ]
  const answers = await endpoint.ask(calls, signal)
  // Some servers do not support `block`; the height is then the only information.
  const [block = {}, older = {}, oldest = {}] = heights.map((at, index) => {
    const answer = answers[index]
    const facts = answer?.ok === true ? decodeBlock(answer.result) : {}
    if (facts.height !== undefined && facts.height !== at) {
      // The first block is not needed: a server that no longer has it may answer with another one.
      if (index === 2) return {}
      throw new SourceError(
        'transient',
        `${endpoint.host} of ${chain} answered with block ${facts.height} where block ${at} was asked for.`,
      )
    }
    return facts
  })
  const sample =
    cursor !== undefined || older.time === undefined
      ? undefined
      : headOf({ height: back, time: older.time }, older, older.time)
  const before = cursor === undefined ? undefined : older.hash
  const first = cursor === undefined ? (checkpointOf(1n, oldest) ?? checkpointOf(back, older)) : undefined
  return {
    block,
    ...defined({ sample, before, first }),
    told: answers.slice(heights.length),
  }
}

function checkpointOf(number: bigint, { hash }: BlockFacts): Checkpoint | undefined {
  return hash === undefined ? undefined : { number, hash }
}
