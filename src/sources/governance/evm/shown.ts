import { SourceError } from '../../../domain/errors.js'

/**
 * Returns what a node answered about the logs of a block.
 *
 * @throws SourceError, transient, with `withholds`, if it showed none although its header says that there may be some.
 */
export function shown<Answer>(
  answer: Answer | 'withheld',
  { chain, block }: { readonly chain: string; readonly block: bigint },
): Answer {
  if (answer !== 'withheld') return answer
  throw new SourceError(
    'transient',
    `A node of ${chain} returns no logs of block ${block}, although its header says that there may be some: it may not keep old logs. Use nodes that do.`,
    { withholds: true },
  )
}
