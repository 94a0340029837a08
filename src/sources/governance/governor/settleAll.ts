import { SourceError } from '../../../domain/errors.js'
import type { Head } from '../../../domain/blocks/head.js'
import { isOpen, keyOf, type Proposal, type ProposalKey } from '../../../domain/proposals/proposal.js'
import { readBlock } from '../../readHead.js'
import { readCalls } from '../../rpc/readCalls.js'
import type { Place } from '../evm/Place.js'
import type { Part, Wanted } from '../evm/readPart.js'
import { askAll, byInquiry, type Inquiry } from './askAll.js'
import type { RuleBook } from './GovernorRules.js'
import { type Draft, inquire, settleAnswers, settleByClock } from './settle.js'
import { type Doubt, doubtOf, lieOf } from './vouch.js'
import { setTimes } from './voteTimes.js'

export interface Asked extends Wanted {
  readonly inquiries: readonly Inquiry[]
}

const nothing: ReadonlySet<ProposalKey> = new Set()

/** Settles the draft with what was answered at its last block, and asks about those where only the contract can tell. */
export async function settleAll(
  place: Place,
  { window, asked: { inquiries } }: Part<Asked>,
  draft: Draft,
  rules: RuleBook,
  mayMove: (proposal: Proposal) => boolean,
): Promise<void> {
  const { end } = window
  settleAnswers(draft, inquiries, byInquiry(inquiries, window.answers), rules)
  setTimes(draft, window.headers)
  const asked = new Set(inquiries.map(({ proposal }) => keyOf(proposal)))
  const undecided = settleByClock(draft, asked, end)
  if (undecided.length === 0) return
  const more = inquire(undecided, rules, end, mayMove, nothing)
  const [answers] = await Promise.all([askAll(place.client, more, end.number), requireBlock(place, end)])
  settleAnswers(draft, more, answers, rules)
}

/** At which block contracts are asked, and whether everything up to it was read. */
export interface DoubtScope {
  readonly at: Pick<Head, 'number'> & { readonly hash?: string | undefined }
  readonly last: boolean
  /** A first sync: what was open may have been edited in any portion of it. */
  readonly initial: boolean
}

/**
 * Asks contracts whether new and edited proposals say what they hold, where ids do not vouch for that. One HTTP
 * request, and only where there are such.
 *
 * @throws SourceError, transient, for a proposal whose contract holds another content.
 */
export async function settleDoubts(
  place: Place,
  draft: Draft,
  rules: RuleBook,
  { at, last, initial }: DoubtScope,
): Promise<void> {
  const doubts = [...draft.proposals].flatMap(([key, proposal]): readonly Doubt[] => {
    const its = rules.get(proposal.contract.toLowerCase())
    const isNew = draft.created.has(key) || draft.edited.has(key) || (initial && last && isOpen(proposal))
    const doubt = its !== undefined && isNew ? doubtOf(proposal, draft.created.get(key), its) : undefined
    return doubt === undefined ? [] : [doubt]
  })
  if (doubts.length === 0) return
  const [answers] = await Promise.all([
    readCalls(
      place.client,
      doubts.map(({ call }) => call),
      at.number,
    ),
    requireBlock(place, at),
  ])
  for (const [index, { proposal, judge }] of doubts.entries()) {
    const verdict = judge(answers[index])
    const { contract, id } = proposal
    const key = keyOf(proposal)
    // An edit may lie in a later portion.
    if (
      verdict === 'vouched' ||
      (verdict === 'lie' && !last && isOpen(proposal) && rules.get(contract.toLowerCase())?.vouchedBy === 'actions')
    )
      continue
    if (verdict === 'lie') throw lieOf(contract, id, place)
    if (verdict === 'unanswered') {
      throw new SourceError(
        'transient',
        `${place.host} of ${place.chain} does not tell what proposal ${id} of ${contract} holds.`,
      )
    }
    draft.proposals.delete(key)
    draft.touched.delete(key)
    draft.warnings.push(
      `Proposal ${id} of ${contract} was left out: its contract holds nothing that vouches for its content.`,
    )
  }
}

export async function requireBlock({ client, chain, host }: Place, { number, hash }: DoubtScope['at']): Promise<void> {
  if (hash === undefined) return
  const block = await readBlock(client, number, host)
  if (block?.hash !== hash)
    throw new SourceError('transient', `${chain} moved while block ${number} was read at ${host}.`)
}
