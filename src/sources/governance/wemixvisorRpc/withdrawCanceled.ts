import type { Proposal } from '../../../domain/proposal.js'
import type { Decoded } from './decodeProposal.js'

/**
 * Marks the plans that a later proposal called off. A passed cancellation ends what was scheduled then: the plan of
 * the proposal that passed last before it.
 */
export function withdrawCanceled(all: readonly Decoded[]): readonly Proposal[] {
  const passed = all.filter(({ proposal: { status } }) => status === 'passed' || status === 'executed')
  const ended = new Map<Proposal, string>()
  for (const { proposal: { id, votingEnd: canceledAt } } of passed.filter(({ isCancellation }) => isCancellation)) {
    const last = passed
      .filter(({ proposal: { finding, votingEnd } }) => finding !== undefined && votingEnd !== undefined && canceledAt !== undefined && votingEnd < canceledAt)
      .sort((a, b) => Number((b.proposal.votingEnd ?? 0n) - (a.proposal.votingEnd ?? 0n)))[0]
    if (last !== undefined) ended.set(last.proposal, `Proposal ${id} called it off.`)
  }
  return all.map(({ proposal }) => {
    const withdrawn = ended.get(proposal)
    return withdrawn === undefined || proposal.finding === undefined ? proposal : { ...proposal, finding: { ...proposal.finding, withdrawn } }
  })
}
