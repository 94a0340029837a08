import { proposalStatuses, type ProposalStatus } from '../../../domain/proposals/proposal.js'

/** The two spellings of the dialect: words of its own, and those of the Cosmos SDK. */
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
/** Without these no reading is worth anything. */
const needed: readonly ProposalStatus[] = ['submitted', 'voting', 'passed']

export interface StatusWord {
  readonly status: ProposalStatus
  readonly word: string
  readonly isNeeded: boolean
}

/** What to ask `gov/proposals` for; with `all` the proposals that are over as well. */
export function statusWords(all: boolean): readonly StatusWord[] {
  return [...open, ...(all ? closed : [])].flatMap((status) =>
    spellings[status].map((word) => ({ status, word, isNeeded: needed.includes(status) })),
  )
}

const statuses = new Map<string, ProposalStatus>([
  ...proposalStatuses.flatMap((status) => spellings[status].map((word) => [word.toLowerCase(), status] as const)),
  ['cancelled', 'canceled'],
])

/** The status a word of either spelling stands for, in any case; `undefined` for any other value. */
export function statusOf(word: unknown): ProposalStatus | undefined {
  return typeof word === 'string' ? statuses.get(word.toLowerCase()) : undefined
}

/**
 * True for the word of a chain that carries out what passes in the same step: a failure has a word of its own there.
 */
export function isCarriedOut(word: unknown): boolean {
  return word === 'PROPOSAL_STATUS_PASSED'
}
