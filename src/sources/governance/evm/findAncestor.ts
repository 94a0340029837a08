import type { Client } from 'viem'
import { SourceError } from '../../../domain/errors.js'
import { readBlock } from '../../readHead.js'
import { resetChainError } from '../historyMismatch.js'
import type { Checkpoint } from './checkpoints.js'
import type { Cursor } from './cursor.js'

/**
 * Finds the newest known block that is still on the chain, after a reorg, in one HTTP request. A block that the node no
 * longer has, such as an old genesis, does not matter if a newer one is found.
 *
 * @throws SourceError, permanent, if not even the oldest known block is on the chain; transient, if the node lacks a
 *   block it should have.
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
      `${host} of ${chain} does not have block ${missing.number}, although its head is ${head}.`,
    )
  }
  const ancestor = known[found]
  if (ancestor !== undefined) return ancestor
  throw resetChainError(`${host} of ${chain}`, known.at(-1)?.number ?? at.number)
}
