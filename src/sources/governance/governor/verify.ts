import { SourceError } from '../../../domain/errors.js'
import { isOpen, keyOf, type Proposal } from '../../../domain/proposals/proposal.js'
import { readCalls } from '../../rpc/readCalls.js'
import type { ChainClient } from '../evm/context.js'
import { proposalAbi } from './abi.js'
import type { RuleBook } from './context.js'
import type { Draft } from './draft.js'
import { type BlockAt, requireBlock } from './query.js'
import { statusOf } from './toProposal.js'
import { type ContentCheck, contentCheckFor, forgedContentError } from './vouch.js'

/** The block at which contracts are read, and whether everything up to it was read. */
interface VerifyScope {
  readonly at: BlockAt
  readonly last: boolean
  /** True in a first sync: open proposals may have been edited in any portion of it. */
  readonly initial: boolean
}

/**
 * Checks the content of new and edited proposals with their contracts, if their ids do not confirm it. It takes one
 * HTTP request, and only if there are such proposals.
 *
 * @throws SourceError, transient, if the contract of a proposal holds a different content.
 */
export async function verifyContents(
  node: ChainClient,
  draft: Draft,
  rules: RuleBook,
  { at, last, initial }: VerifyScope,
): Promise<void> {
  const doubts = [...draft.proposals].flatMap(([key, proposal]): readonly ContentCheck[] => {
    const its = rules.get(proposal.contract.toLowerCase())
    const isNew = draft.created.has(key) || draft.edited.has(key) || (initial && last && isOpen(proposal))
    const doubt = its !== undefined && isNew ? contentCheckFor(proposal, draft.created.get(key), its) : undefined
    return doubt === undefined ? [] : [doubt]
  })
  if (doubts.length === 0) return
  const [answers] = await Promise.all([
    readCalls(
      node.client,
      doubts.map(({ call }) => call),
      at.number,
    ),
    requireBlock(node, at),
  ])
  for (const [index, { proposal, judge }] of doubts.entries()) {
    const verdict = judge(answers[index])
    const { contract, id } = proposal
    const key = keyOf(proposal)
    // The edit that explains the difference may be in a later portion.
    if (
      verdict === 'vouched' ||
      (verdict === 'lie' && !last && isOpen(proposal) && rules.get(contract.toLowerCase())?.vouchedBy === 'actions')
    )
      continue
    if (verdict === 'lie') throw forgedContentError(contract, id, node)
    if (verdict === 'unanswered') {
      throw new SourceError(
        'transient',
        `${node.host} of ${node.chain} does not report the content of proposal ${id} of ${contract}.`,
      )
    }
    draft.proposals.delete(key)
    draft.touched.delete(key)
    draft.warnings.push(`Proposal ${id} of ${contract} was left out: its contract does not confirm its content.`)
  }
}

export interface EndScope extends Pick<VerifyScope, 'at'> {
  /** True if another node can be read instead of this one. */
  readonly hasOthers: boolean
}

/**
 * Compares proposals that an event ended with the state of their contract, because they are never asked about again.
 * Proposals that were also asked about already have that state; the rest costs one request. Without an answer of the
 * contract the event stands.
 *
 * If an event ends a proposal that is open according to the contract, the node is wrong and the state of the contract
 * counts. If no other node is left, this is only a warning, so that a contract that contradicts its own events can be
 * read.
 *
 * @throws SourceError, transient, if the node is wrong and there are others.
 */
export async function verifyEnds(
  node: ChainClient,
  draft: Draft,
  rules: RuleBook,
  { at, hasOthers }: EndScope,
): Promise<void> {
  const ended = [...draft.closed].flatMap((key) => {
    const proposal = draft.proposals.get(key)
    const its = proposal === undefined ? undefined : rules.get(proposal.contract.toLowerCase())
    return proposal === undefined || its === undefined ? [] : [{ key, proposal, address: its.address }]
  })
  const unasked = ended.filter(({ proposal }) => !isOpen(proposal))
  const reportFalseEnd = (proposal: Proposal): void => {
    const text = falseEnd(proposal, node)
    if (hasOthers) throw new SourceError('transient', text)
    draft.warnings.push(text)
  }
  for (const { proposal } of ended) if (isOpen(proposal)) reportFalseEnd(proposal)
  if (unasked.length === 0) return
  const [answers] = await Promise.all([
    readCalls(
      node.client,
      unasked.map(({ address, proposal: { id } }) => ({
        address,
        abi: proposalAbi,
        functionName: 'state',
        args: [BigInt(id)],
      })),
      at.number,
    ),
    requireBlock(node, at),
  ])
  for (const [index, { key, proposal }] of unasked.entries()) {
    const answer = answers[index]
    const standing = answer?.ok === true ? statusOf(answer.value) : undefined
    if (standing === undefined || standing.status === proposal.status) continue
    const told = { ...proposal, ...standing }
    if (isOpen(told)) reportFalseEnd(told)
    draft.proposals.set(key, told)
  }
}

function falseEnd({ contract, id, status }: Proposal, { chain, host }: ChainClient): string {
  return `${host} of ${chain} reports proposal ${id} of ${contract} as over, but its contract reports it as ${status}: that node cannot be trusted.`
}
