import type { Client } from 'viem'
import { SourceError } from '../../../domain/errors.js'
import { readBlock } from '../../readHead.js'
import { resetChainError } from '../historyMismatch.js'
import type { Checkpoint } from './checkpoints.js'
import type { Cursor } from './cursor.js'

/**
 * The newest block the reader has stood at that is still on the chain, after a reorg. One HTTP request. What a node
 * does not have any more, such as an old genesis, is of no account where a newer one is found.
 *
 * @throws SourceError, permanent, where not even the first one is.
 */
export async function findAncestor(
  client: Pick<Client, 'request'>,
  { at, checkpoints }: Cursor,
  head: bigint,
  chain: string,
  host: string,
): Promise<Checkpoint> {
  const known = [...checkpoints, at].filter(({ number }) => number <= head).reverse()
  const answers = await Promise.allSettled(known.map(({ number }) => readBlock(client, number, host)))
  const blocks = answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : undefined))
  const found = known.findIndex(({ hash }, index) => blocks[index]?.hash === hash)
  const within = found < 0 ? known : known.slice(0, found)
  const failed = answers.slice(0, within.length).find((answer) => answer.status === 'rejected')
  if (failed?.status === 'rejected') throw failed.reason
  const missing = within.find((_, index) => blocks[index] === undefined)
  if (missing !== undefined) {
    throw new SourceError(
      'transient',
      `${host} of ${chain} does not have block ${missing.number}, though its head is ${head}.`,
    )
  }
  const ancestor = known[found]
  if (ancestor !== undefined) return ancestor
  throw resetChainError(`${host} of ${chain}`, known.at(-1)?.number ?? at.number)
}
