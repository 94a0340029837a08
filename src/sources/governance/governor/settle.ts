import { isActive, isOpen, keyOf, type Proposal, type ProposalKey } from '../../../domain/proposals/proposal.js'
import type { Head } from '../../../domain/blocks/head.js'
import type { Answer } from '../../rpc/readCalls.js'
import type { Inquiry } from './askAll.js'
import type { Created } from './decodeGovernorLog.js'
import type { RuleBook } from './GovernorRules.js'
import { applyAnswers, questionsFor } from './questions.js'
import { standingByClock } from './statusOf.js'

/** The proposals while a read works on them. */
export interface Draft {
  readonly proposals: Map<ProposalKey, Proposal>
  /** Proposals that the reading will hold. */
  readonly touched: Set<ProposalKey>
  /** Proposals whose creation was read, with their content; and those that were edited. */
  readonly created: Map<ProposalKey, Created>
  readonly edited: Set<ProposalKey>
  /** Proposals that an event ended and whose contract was not asked yet. */
  readonly closed: Set<ProposalKey>
  /** Proposals the contract does not know any more. */
  readonly gone: Set<ProposalKey>
  readonly warnings: string[]
}

export function newDraft(known: Iterable<readonly [ProposalKey, Proposal]>): Draft {
  return {
    proposals: new Map(known),
    touched: new Set(),
    created: new Map(),
    edited: new Set(),
    closed: new Set(),
    gone: new Set(),
    warnings: [],
  }
}

type Now = Pick<Head, 'number' | 'timestamp'>

/** What to ask at `now` about every proposal that may still move, and about those in `again`. */
export function inquire(
  proposals: Iterable<Proposal>,
  rules: RuleBook,
  now: Now,
  mayMove: (proposal: Proposal) => boolean,
  again: ReadonlySet<ProposalKey>,
): readonly Inquiry[] {
  const inquiries: Inquiry[] = []
  for (const proposal of proposals) {
    const its = rules.get(proposal.contract.toLowerCase())
    const twice = again.has(keyOf(proposal))
    if (its !== undefined && (twice || mayMove(proposal)))
      inquiries.push({ proposal, questions: questionsFor(proposal, its, now, twice) })
  }
  return inquiries
}

/** Puts the answers into the draft: what the contract says wins over what the events said. */
export function settleAnswers(
  { proposals, touched, gone, warnings }: Draft,
  inquiries: readonly Inquiry[],
  answers: readonly (readonly Answer[])[],
  rules: RuleBook,
): void {
  for (const [index, { proposal: asked, questions }] of inquiries.entries()) {
    const key = keyOf(asked)
    const its = rules.get(asked.contract.toLowerCase())
    const proposal = proposals.get(key)
    if (its === undefined || proposal === undefined) continue
    const told = applyAnswers(proposal, questions, answers[index] ?? [], its)
    if ('gone' in told) {
      proposals.delete(key)
      gone.add(key)
      continue
    }
    proposals.set(key, told.proposal)
    touched.add(key)
    if (told.warning !== undefined) warnings.push(told.warning)
  }
}

/**
 * Gives the proposals nobody was asked about the status that the clock implies, and returns those where only the
 * contract can tell.
 */
export function settleByClock(
  { proposals, touched }: Draft,
  asked: ReadonlySet<ProposalKey>,
  at: Head,
): readonly Proposal[] {
  const undecided: Proposal[] = []
  for (const key of touched) {
    const proposal = proposals.get(key)
    if (proposal === undefined || asked.has(key) || !isOpen(proposal)) continue
    const standing = isActive(proposal) ? standingByClock(proposal, at) : undefined
    if (standing === undefined) undecided.push(proposal)
    else proposals.set(key, { ...proposal, ...standing })
  }
  return undecided
}
