import { SourceError } from '../../../domain/errors.js'

/**
 * Why a node cannot say whether there is a proposal. `withheld`: it returns no logs of the block in which the proposal
 * was submitted, although its header says that there may be some. `behind`: it has not reached that block, at the
 * finality at which it is read.
 */
export type Unshown = 'withheld' | 'behind'

/**
 * Returns what a node answered about a proposal that was submitted in a block.
 *
 * @throws SourceError, transient, if the node could not say; with `withholds` if it showed no logs of the block.
 */
export function shown<Answer>(
  answer: Answer | Unshown,
  { chain, block }: { readonly chain: string; readonly block: bigint },
): Answer {
  if (answer === 'behind')
    throw new SourceError('transient', `A node of ${chain} has not reached block ${block}, at the configured finality.`)
  if (answer !== 'withheld') return answer
  throw new SourceError(
    'transient',
    `A node of ${chain} returns no logs of block ${block}, although its header says that there may be some: it may not keep old logs. Use nodes that do.`,
    { withholds: true },
  )
}
