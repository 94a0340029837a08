import { z } from 'zod'
import { SourceError } from '../../../domain/errors.js'
import type { Head } from '../../../domain/blocks/head.js'
import type { HttpEndpoint } from '../../http/createHttpEndpoints.js'
import { refusalOf } from '../../http/refusalOf.js'
import { hashOf } from './decodeStatus.js'
import { secondsOf, wholeOf } from '../cosmosSdk/scalars.js'

const resultSchema = z.object({
  block_id: z.object({ hash: z.unknown().optional() }),
  block: z.object({
    header: z.object({
      chain_id: z.string().min(1).max(100),
      height: z.unknown().optional(),
      time: z.unknown().optional(),
    }),
  }),
})
// Some servers leave out the envelope.
const answerSchema = z.union([z.object({ result: resultSchema }).transform(({ result }) => result), resultSchema])

/**
 * Asks a CometBFT node for the block of a height; `undefined` where it has not got there.
 *
 * @throws SourceError where it has forgotten the block, is on another chain, or answers with another block.
 */
export async function readHeight(
  endpoint: HttpEndpoint,
  height: bigint,
  expected: string | undefined,
  chain: string,
  signal: AbortSignal,
): Promise<Head | undefined> {
  const place = `${endpoint.host} of ${chain}`
  const query = { height: height.toString() }
  const plain = await endpoint.get('/block', query, signal)
  // CometBFT 1.0 may serve its methods below a version only.
  const answer = plain.status === 404 ? await endpoint.get('/v1/block', query, signal) : plain
  if (/must be less than or equal to the current blockchain height/.test(answer.text)) return undefined
  if (answer.status < 200 || answer.status > 299) throw refusalOf(answer, place)
  const parsed = answerSchema.safeParse(answer.body)
  if (!parsed.success)
    throw new SourceError('transient', `${place} answered with something that is not block ${height}.`)
  const {
    block_id,
    block: { header },
  } = parsed.data
  if (expected !== undefined && header.chain_id !== expected) {
    throw new SourceError(
      'permanent',
      `${place} stands on chain ${header.chain_id}, expected ${expected}: check rpc.urls and rpc.chainId.`,
    )
  }
  const timestamp = secondsOf(header.time)
  if (wholeOf(header.height) !== height || timestamp === undefined)
    throw new SourceError('transient', `${place} answered with something that is not block ${height}.`)
  return { number: height, timestamp, hash: hashOf(block_id.hash) ?? `height-${height}`, parentHash: '' }
}
