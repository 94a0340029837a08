import type { Head } from '../../domain/blocks/head.js'
import type { ChainState } from '../../domain/chainState.js'
import { isPassed } from '../../domain/plans/dueAt.js'
import { hasPassed, isOpen, type Proposal, type ProposalKey } from '../../domain/proposals/proposal.js'
import type { GoodReading } from '../../domain/reading.js'

type ComparedReading = Pick<GoodReading, 'at'> & Partial<Pick<GoodReading, 'proposals' | 'backlog'>>

/**
 * Selects the proposals to compare: only those that can still lead to a plan. While a backlog remains, executed and
 * passed ones count only if their plan is still ahead.
 */
export function comparable({ proposals = [], at, backlog = 0n }: ComparedReading): readonly Proposal[] {
  return proposals.filter(
    (proposal) =>
      proposal.edited !== true &&
      (isOpen(proposal) ||
        ((proposal.status === 'executed' || proposal.status === 'passed') &&
          (backlog === 0n || (proposal.finding !== undefined && !isPassed(proposal.finding.plan, at))))),
  )
}

/**
 * Returns a higher number for a proposal that is compared earlier: one with a plan that is ahead, then one that people
 * are told of as open. There may be hundreds of the others in a first sync, and room for few.
 */
export function urgencyOf(proposal: Proposal, at: Head): number {
  const { finding } = proposal
  if (finding !== undefined && !isPassed(finding.plan, at)) return 2
  return isOpen(proposal) ? 1 : 0
}

/** Selects scheduled upgrades that the reading does not name, so that they are compared too. */
export function scheduledUnread(
  { proposals, upgrades }: Pick<ChainState, 'proposals' | 'upgrades'>,
  named: ReadonlySet<ProposalKey>,
): readonly Proposal[] {
  return [...upgrades.values()].flatMap(({ key, status }) => {
    const proposal = proposals.get(key)
    return status === 'scheduled' && proposal !== undefined && proposal.edited !== true && !named.has(key)
      ? [proposal]
      : []
  })
}

/**
 * Selects the known proposals that the nodes did not agree on and that the reading does not name: one that was
 * executed is not read again, so a plan that one node has changed would stay changed.
 */
export function undecidedUnread(
  { proposals }: Pick<ChainState, 'proposals'>,
  named: ReadonlySet<ProposalKey>,
  undecided: readonly ProposalKey[],
): readonly Proposal[] {
  return undecided.flatMap((key) => {
    const proposal = named.has(key) ? undefined : proposals.get(key)
    return proposal !== undefined && hasPassed(proposal) && proposal.edited !== true ? [proposal] : []
  })
}
