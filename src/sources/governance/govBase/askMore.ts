import { SourceError } from '../../../domain/errors.js'
import type { Head } from '../../../domain/blocks/head.js'
import { readBlock } from '../../readHead.js'
import { readCalls } from '../../rpc/readCalls.js'
import type { Place } from '../evm/Place.js'
import { type Inquiry, together } from './inquiry.js'

// Calls in one HTTP request of a long history: a node answers them in well under a second.
const portion = 600

/**
 * Asks, at the same block, what only the first answers told to ask; a long list a portion at a time.
 *
 * @throws SourceError, transient, where the block is not the same one any more.
 */
export async function askMore<T>(
  { chain, client, host }: Place,
  inquiries: readonly Inquiry<T>[],
  at: Head,
): Promise<readonly T[]> {
  const found: T[] = []
  for (const part of portionsOf(inquiries)) {
    const { calls, read } = together(part)
    const [answers, block] = await Promise.all([
      readCalls(client, calls, at.number),
      readBlock(client, at.number, host),
    ])
    if (block?.hash !== at.hash)
      throw new SourceError('transient', `${chain} moved while block ${at.number} was read at ${host}.`)
    found.push(...read(answers))
  }
  return found
}

function portionsOf<T>(inquiries: readonly Inquiry<T>[]): readonly (readonly Inquiry<T>[])[] {
  const portions: Inquiry<T>[][] = []
  let size = portion
  for (const inquiry of inquiries) {
    if (size >= portion) {
      portions.push([])
      size = 0
    }
    portions.at(-1)?.push(inquiry)
    size += inquiry.calls.length
  }
  return portions
}
