import { SourceError } from '../../../domain/errors.js'
import { isOpen, type Proposal } from '../../../domain/proposals/proposal.js'
import { readCalls } from '../../rpc/readCalls.js'
import type { Place } from '../evm/Place.js'
import { proposalAbi } from './abi.js'
import type { RuleBook } from './GovernorRules.js'
import type { Draft } from './settle.js'
import { type DoubtScope, requireBlock } from './settleAll.js'
import { standingOf } from './statusOf.js'

export interface EndScope extends Pick<DoubtScope, 'at'> {
  /** Another node can be read in the place of this one. */
  readonly hasOthers: boolean
}

/**
 * Holds what the events ended against the state of the contract, for it is never asked about again. What was asked
 * beside the events has its state already; the rest costs one request. What a contract refuses to answer stands.
 *
 * Where an event ends what goes on by the contract, the node lies. The contract's word counts, so a contract that
 * contradicts its own events is read by the last of the nodes.
 *
 * @throws SourceError, transient, for such a node where there are others.
 */
export async function settleEnds(
  place: Place,
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
  const tellFalse = (proposal: Proposal): void => {
    const text = falseEnd(proposal, place)
    if (hasOthers) throw new SourceError('transient', text)
    draft.warnings.push(text)
  }
  for (const { proposal } of ended) if (isOpen(proposal)) tellFalse(proposal)
  if (unasked.length === 0) return
  const [answers] = await Promise.all([
    readCalls(
      place.client,
      unasked.map(({ address, proposal: { id } }) => ({
        address,
        abi: proposalAbi,
        functionName: 'state',
        args: [BigInt(id)],
      })),
      at.number,
    ),
    requireBlock(place, at),
  ])
  for (const [index, { key, proposal }] of unasked.entries()) {
    const answer = answers[index]
    const standing = answer?.ok === true ? standingOf(answer.value) : undefined
    if (standing === undefined || standing.status === proposal.status) continue
    const told = { ...proposal, ...standing }
    if (isOpen(told)) tellFalse(told)
    draft.proposals.set(key, told)
  }
}

function falseEnd({ contract, id, status }: Proposal, { chain, host }: Place): string {
  return `${host} of ${chain} tells that proposal ${id} of ${contract} is over, and its contract that it is ${status}: that node cannot be trusted.`
}
