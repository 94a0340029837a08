import type { ProposalType } from '../../../domain/proposals/proposal.js'
import { type Message, nameOf } from './messages.js'

// Above the name of any message; keeps the patterns below from running over a book.
const maxName = 200

const kinds: readonly (readonly [RegExp, ProposalType])[] = [
  [
    /^(?:MsgSoftwareUpgrade|MsgCancelUpgrade|SoftwareUpgradeProposal|CancelSoftwareUpgradeProposal|MsgIBCSoftwareUpgrade|UpgradeProposal)$/,
    'upgrade',
  ],
  [/^(?:Msg\w*Update\w*Params|ParameterChangeProposal|MsgUpdateConsensusParams|MsgUpdateGovParams)$/, 'parameter'],
  [
    /^(?:MsgSetPower|MsgRemoveValidator|MsgRemovePending|MsgAddValidator|MsgUpdateGroupMembers|MsgUpdateStakingAdmins)$/,
    'membership',
  ],
  [/^(?:\w*CommunityPool\w*|MsgSend|MsgMultiSend|MsgCreateContinuousFund)$/, 'community'],
  [/^TextProposal$/, 'text'],
]

// Where a proposal does several things, the one that concerns a node operator most names it.
const order: readonly ProposalType[] = ['upgrade', 'parameter', 'membership', 'other', 'community', 'text']

/**
 * The type of a proposal by its messages; none makes it `text`. Whether it is expedited only counts where nothing
 * more telling is known: then it is an `emergency`.
 */
export function kindOf(messages: readonly Message[], expedited: boolean): ProposalType {
  const found = new Set(messages.map(({ type }) => kindOfMessage(type)))
  const kind = order.find((candidate) => found.has(candidate)) ?? 'text'
  return expedited && (kind === 'text' || kind === 'other') ? 'emergency' : kind
}

/** The type of one message. */
export function kindOfMessage(type: string): ProposalType {
  const name = nameOf(type).slice(0, maxName)
  return kinds.find(([pattern]) => pattern.test(name))?.[1] ?? 'other'
}
