import { proposalStatuses, type ProposalStatus } from '../../../domain/proposals/proposal.js'

/** The two spellings of a status: the dialect's own words, and those of the Cosmos SDK. */
const spellings: Readonly<Record<ProposalStatus, readonly string[]>> = {
  submitted: ['submitted', 'PROPOSAL_STATUS_DEPOSIT_PERIOD'],
  voting: ['voting', 'PROPOSAL_STATUS_VOTING_PERIOD'],
  passed: ['passed', 'PROPOSAL_STATUS_PASSED'],
  queued: ['queued'],
  executed: ['executed'],
  rejected: ['rejected', 'PROPOSAL_STATUS_REJECTED'],
  failed: ['failed', 'PROPOSAL_STATUS_FAILED'],
  expired: ['expired'],
  canceled: ['canceled'],
}

const open: readonly ProposalStatus[] = ['submitted', 'voting', 'passed', 'queued']
const closed: readonly ProposalStatus[] = ['executed', 'rejected', 'failed', 'expired', 'canceled']
/** A reading fails without the lists of these statuses. */
const needed: readonly ProposalStatus[] = ['submitted', 'voting', 'passed']

export interface StatusWord {
  readonly status: ProposalStatus
  readonly word: string
  readonly isNeeded: boolean
}

/** The words to request from `gov/proposals`; with `all` also those of closed proposals. */
export function statusWords(all: boolean): readonly StatusWord[] {
  return [...open, ...(all ? closed : [])].flatMap((status) =>
    spellings[status].map((word) => ({ status, word, isNeeded: needed.includes(status) })),
  )
}

const statuses = new Map<string, ProposalStatus>([
  ...proposalStatuses.flatMap((status) => spellings[status].map((word) => [word.toLowerCase(), status] as const)),
  ['cancelled', 'canceled'],
])

/** The status for a word in either spelling, in any letter case; `undefined` for any other value. */
export function statusOf(word: unknown): ProposalStatus | undefined {
  return typeof word === 'string' ? statuses.get(word.toLowerCase()) : undefined
}

/**
 * True for the word of a chain that executes a proposal in the step in which it passes. Such a chain has a separate
 * word for failures.
 */
export function isCarriedOut(word: unknown): boolean {
  return word === 'PROPOSAL_STATUS_PASSED'
}
