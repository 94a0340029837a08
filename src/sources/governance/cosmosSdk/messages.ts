import type { ProposalType } from '../../../domain/proposals/proposal.js'
import { isJsonObject } from '../../../domain/text/json.js'

/** One message of a proposal, executed when it passes. */
export interface Message {
  /** Type URL, for example `/cosmos.upgrade.v1beta1.MsgSoftwareUpgrade`. */
  readonly type: string
  readonly body: Readonly<Record<string, unknown>>
}

const maxMessages = 64
const maxDepth = 4

/** All messages, including those wrapped in others: legacy content, and messages executed for another account. */
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

/** The last part of a type URL, as people call it. */
export function nameOf(type: string): string {
  return type.slice(type.lastIndexOf('.') + 1)
}

// Maximum length examined by the patterns below; no real message name is longer.
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

// If a proposal does several things, the one most relevant to a node operator decides its type.
const order: readonly ProposalType[] = ['upgrade', 'parameter', 'membership', 'other', 'community', 'text']

/**
 * The type of a proposal by its messages; without messages it is `text`. An expedited proposal is an `emergency` only
 * if its type would be `text` or `other`.
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
