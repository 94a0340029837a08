import type { Proposal } from '../../../domain/proposals/proposal.js'
import { cleanLine } from '../../../domain/text/text.js'
import type { DescribeProposal } from '../evm/context.js'
import type { AnnouncedPlan } from './announcements.js'

export interface AnnouncedFacts {
  readonly chain: string
  /** Height of the reading. */
  readonly at: bigint
  readonly describe: DescribeProposal
}

/**
 * Converts an announced plan into a `Proposal`. It counts as passed once it is announced, and as executed once its
 * height is reached, although no log says so.
 */
export function toProposal(
  { contract, id, origin, finding, state }: AnnouncedPlan,
  { chain, at, describe }: AnnouncedFacts,
): Proposal {
  const { name, height = 0 } = finding.plan
  const isReached = state === 'standing' && BigInt(height) <= at
  const { title, type } = describe({
    title: cleanLine(`Upgrade ${name === '' ? 'without a name' : name}`, 120),
    description: '',
    actions: [],
    kind: 'upgrade',
  })
  return {
    chain,
    system: 'upgrade-entrypoint',
    contract,
    id,
    announced: true,
    title,
    description: `The contract ${contract} announces this upgrade. No vote decides it.`,
    type,
    status: state === 'cancelled' ? 'canceled' : isReached ? 'executed' : 'passed',
    derived: isReached,
    ...(state === 'void' && { carriedOut: true }),
    actions: [],
    clock: 'block',
    finding,
    origin,
    readAt: at,
  }
}
