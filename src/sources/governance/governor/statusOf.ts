import type { Head } from '../../../domain/blocks/head.js'
import type { Proposal, ProposalStatus } from '../../../domain/proposals/proposal.js'

export interface Standing {
  readonly status: ProposalStatus
  readonly derived: boolean
}

// The order of the enum is the same in OpenZeppelin's and Compound's governors. The last three are those of the Nouns
// family: vetoed, in its objection period, and still to be edited.
const standings: readonly Standing[] = [
  { status: 'submitted', derived: false },
  { status: 'voting', derived: false },
  { status: 'canceled', derived: false },
  { status: 'rejected', derived: true },
  { status: 'passed', derived: false },
  { status: 'queued', derived: false },
  { status: 'expired', derived: true },
  { status: 'executed', derived: false },
  { status: 'canceled', derived: false },
  { status: 'voting', derived: false },
  { status: 'submitted', derived: false },
]

/** What `state(id)` says; `undefined` for a number no governor defines. */
export function standingOf(state: unknown): Standing | undefined {
  return typeof state === 'number' ? standings[state] : undefined
}

/**
 * What the events and the clock alone tell of a proposal that nobody closed; `undefined` once its deadline is
 * past, or where the clock is another chain's, for then only the contract knows. Voting starts after `votingStart` and
 * includes `votingEnd`.
 */
export function standingByClock(
  {
    clock,
    foreignClock,
    votingStart,
    votingEnd,
  }: Pick<Proposal, 'clock' | 'foreignClock' | 'votingStart' | 'votingEnd'>,
  at: Head,
): Standing | undefined {
  const now = clock === 'block' ? at.number : at.timestamp
  if (foreignClock === true || votingStart === undefined || votingEnd === undefined) return undefined
  if (votingStart >= now) return { status: 'submitted', derived: false }
  return votingEnd >= now ? { status: 'voting', derived: false } : undefined
}
