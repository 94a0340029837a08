import type { ProposalType } from '../../../domain/proposals/proposal.js'
import { isJsonObject } from '../../../domain/text/json.js'

/** One thing a proposal does when it passes. */
export interface Message {
  /** Type URL, such as `/cosmos.upgrade.v1beta1.MsgSoftwareUpgrade`. */
  readonly type: string
  readonly body: Readonly<Record<string, unknown>>
}

const maxMessages = 64
const maxDepth = 4

/** All messages, those wrapped in others included: legacy content, and what is run in somebody's name. */
export function messagesIn(list: unknown): readonly Message[] {
  return unwrapped(list, 0).slice(0, maxMessages)
}

function unwrapped(list: unknown, depth: number): readonly Message[] {
  if (!Array.isArray(list) || depth > maxDepth) return []
  return list.slice(0, maxMessages).flatMap((item: unknown): readonly Message[] => {
    if (!isJsonObject(item)) return []
    const type = item['@type']
    if (typeof type !== 'string') return []
    if (type.endsWith('.MsgExecLegacyContent')) return unwrapped([item['content']], depth + 1)
    if (/\.authz\.v\w+\.MsgExec$/.test(type)) return unwrapped(item['msgs'], depth + 1)
    return [{ type, body: item }]
  })
}

/** The last part of a type URL: what people call it. */
export function nameOf(type: string): string {
  return type.slice(type.lastIndexOf('.') + 1)
}

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
