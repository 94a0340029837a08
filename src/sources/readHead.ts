import { isHash, isHex, numberToHex, type Client } from 'viem'
import * as z from 'zod'
import { SourceError } from '../domain/errors.js'
import type { Head } from '../domain/blocks/head.js'
import { defined } from '../domain/defined.js'

const quantity = z
  .string()
  .regex(/^0x[0-9a-f]{1,16}$/i)
  .transform((hex) => BigInt(hex))
const hash = z
  .string()
  .refine((value) => isHex(value) && isHash(value))
  .transform((value) => value.toLowerCase())
// Some nodes send zeros if they have no hash, and two such blocks would look the same. `parentHash` may be zero,
// because the genesis block has no parent.
const ownHash = hash.refine((value) => /[1-9a-f]/.test(value.slice(2)))
const isWithoutHash = z.object({ hash: hash.refine((value) => !/[1-9a-f]/.test(value.slice(2))) })
const blockSchema = z.object({ number: quantity, hash: ownHash, parentHash: hash, timestamp: quantity })
const bloom = z.custom<`0x${string}`>((value) => typeof value === 'string' && /^0x[0-9a-f]{512}$/i.test(value))
const headerSchema = blockSchema.extend({ logsBloom: z.exactOptional(bloom.optional().catch(undefined)) })

export type BlockTag = 'latest' | 'safe' | 'finalized'

/** A head with the bloom filter of the logs in its block, if the node sends one. */
export interface Header {
  readonly head: Head
  readonly logsBloom?: `0x${string}`
}

/**
 * Reads one block header, by number or tag; returns `undefined` if the node has no block of that number.
 *
 * @throws SourceError if the answer is not a block, is another block, or the tag is unknown.
 */
export async function readBlock(
  client: Pick<Client, 'request'>,
  at: bigint | BlockTag,
  host: string,
): Promise<Head | undefined> {
  return (await readHeader(client, at, host))?.head
}

/** Like {@link readBlock}, with the bloom filter of the logs. */
export async function readHeader(
  client: Pick<Client, 'request'>,
  at: bigint | BlockTag,
  host: string,
): Promise<Header | undefined> {
  const answer: unknown = await client.request({
    method: 'eth_getBlockByNumber',
    params: [typeof at === 'bigint' ? numberToHex(at) : at, false],
  })
  if (answer === null) return undefined
  const block = headerSchema.safeParse(answer)
  if (!block.success && isWithoutHash.safeParse(answer).success) {
    throw new SourceError(
      'transient',
      `${host} tells block ${at} with a hash of zeros, so blocks cannot be told apart. Use another node.`,
    )
  }
  if (!block.success || (typeof at === 'bigint' && block.data.number !== at)) {
    throw new SourceError('transient', `${host} answered with something that is not block ${at}.`)
  }
  const { logsBloom, ...head } = block.data
  return { head, ...defined({ logsBloom }) }
}

/**
 * Reads the block at a tag.
 *
 * @throws SourceError if the node does not know the tag.
 */
export async function readHead(client: Pick<Client, 'request'>, tag: BlockTag, host: string): Promise<Head> {
  const head = await readBlock(client, tag, host)
  if (head !== undefined) return head
  if (tag === 'latest') throw new SourceError('transient', `${host} has no latest block yet.`)
  throw new SourceError(
    'permanent',
    `${host} does not know the block tag ${tag}: set finality to latest or to a number of confirmations.`,
  )
}
