import sha3 from 'js-sha3'
import {
  bytesToString,
  decodeAbiParameters,
  decodeEventLog,
  getAddress,
  type Hex,
  hexToBytes,
  parseAbiParameters,
  toEventSelector,
} from 'viem'
import type { SourceLog } from '../../rpc/logs/checkLogs.js'
import { undecodableLog } from '../../rpc/logs/undecodableLog.js'
import { governorEvents, ruleEvents } from './abi.js'
import type { RawAction } from './actions.js'

/** The position of a log. */
export interface LogPosition {
  /** Lower case, as in the logs. */
  readonly contract: string
  readonly block: bigint
  readonly hash: string
  readonly index: number
  readonly timestamp?: bigint
}

export interface Created {
  readonly type: 'created'
  readonly id: string
  readonly proposer: string
  readonly actions: readonly RawAction[]
  readonly votingStart: bigint
  readonly votingEnd: bigint
  readonly description: string
  /** Hash of the bytes as they were logged, because they need not be valid text. */
  readonly descriptionHash: Hex
}

/** An edit before the vote. Parts that it does not change are absent. */
export interface Edited {
  readonly type: 'edited'
  readonly id: string
  readonly actions?: readonly RawAction[]
  readonly description?: string
}

export interface Cast {
  readonly type: 'vote'
  readonly id: string
  readonly voter: string
  /** 0 against, 1 for, 2 abstain; 255 if the voter splits the vote. */
  readonly support: number
  readonly weight: bigint
  readonly reason: string
  /** Only in VoteCastWithParams. For a split vote it holds against, for and abstain, 128 bits each. */
  readonly params?: `0x${string}`
}

/** A decoded log of a governor. */
export type GovernorEvent = { readonly position: LogPosition } & (
  | Created
  | Cast
  | Edited
  | { readonly type: 'canceled' | 'executed'; readonly id: string }
  | { readonly type: 'queued'; readonly id: string; readonly eta: bigint }
  | { readonly type: 'extended'; readonly id: string; readonly deadline: bigint }
  | { readonly type: 'rules' }
)

/** The first topic of every event that is read. */
export const governorTopics: readonly `0x${string}`[] = [...governorEvents, ...ruleEvents].map((event) =>
  toEventSelector(event),
)

/** The first topics of the events that edit a proposal before its vote. */
export const editTopics: readonly `0x${string}`[] = governorEvents
  .filter(({ name }) => /^Proposal(?:Transactions|Description)?Updated$/.test(name))
  .map((event) => toEventSelector(event))

const laterEvents = governorEvents.filter((event) => event.name !== 'ProposalCreated')
const createdParameters = parseAbiParameters(
  'uint256, address, address[], uint256[], string[], bytes[], uint256, uint256, bytes',
)
/** The first topic of the event that submits a proposal. */
export const createdTopic = toEventSelector(
  'ProposalCreated(uint256,address,address[],uint256[],string[],bytes[],uint256,uint256,string)',
)
const voteTopic = toEventSelector('VoteCast(address,uint256,uint8,uint256,string)')
const ruleTopics = new Set(ruleEvents.map((event) => toEventSelector(event)))

/** Decodes one log, or returns a sentence that says why it cannot. Never throws, because logs are hostile input. */
export function decodeGovernorLog(log: SourceLog): GovernorEvent | string {
  const position: LogPosition = {
    contract: log.address,
    block: log.block,
    hash: log.blockHash,
    index: log.index,
    ...(log.timestamp !== undefined && { timestamp: log.timestamp }),
  }
  const [topic, ...rest] = log.topics
  if (topic === undefined) return undecodableLog(log)
  if (ruleTopics.has(topic)) return { position: position, type: 'rules' }
  try {
    if (topic === createdTopic)
      return rest.length > 0 ? undecodableLog(log) : { position: position, ...decodeCreated(log.data) }
    return topic === voteTopic
      ? decodeVote(log, position, rest)
      : { position: position, ...decode([topic, ...rest], log.data) }
  } catch {
    return undecodableLog(log)
  }
}

// Votes have their own decoder, because they are by far the most frequent event and most of the work of a first sync.
function decodeVote(
  log: SourceLog,
  position: LogPosition,
  [voter, ...more]: readonly `0x${string}`[],
): GovernorEvent | string {
  if (voter === undefined || more.length > 0) return undecodableLog(log)
  const [id, support, weight, reason] = decodeVoteData(log.data)
  return {
    position: position,
    type: 'vote',
    id: id.toString(),
    voter: getAddress(`0x${voter.slice(26)}`),
    support,
    weight,
    reason,
  }
}

function decodeCreated(data: Hex): Created {
  const [id, proposer, targets, values, signatures, calldatas, votingStart, votingEnd, description] =
    decodeAbiParameters(createdParameters, data)
  const written = hexToBytes(description)
  return {
    type: 'created',
    id: id.toString(),
    proposer,
    actions: rawActions({ targets, values, signatures, calldatas }),
    votingStart,
    votingEnd,
    description: bytesToString(written),
    descriptionHash: `0x${sha3.keccak256(written)}`,
  }
}

interface Arrays {
  readonly targets: readonly string[]
  readonly values: readonly bigint[]
  readonly signatures: readonly string[]
  readonly calldatas: readonly Hex[]
}

function rawActions({ targets, values, signatures, calldatas }: Arrays): readonly RawAction[] {
  return targets.map((target, index) => ({
    target,
    value: values[index] ?? 0n,
    signature: signatures[index] ?? '',
    calldata: calldatas[index] ?? '0x',
  }))
}

function decode(topics: [`0x${string}`, ...`0x${string}`[]], data: `0x${string}`) {
  const { eventName, args } = decodeEventLog({ abi: laterEvents, topics, data })
  const id = args.proposalId.toString()
  switch (eventName) {
    case 'ProposalUpdated':
      return { type: 'edited' as const, id, actions: rawActions(args), description: args.description }
    case 'ProposalTransactionsUpdated':
      return { type: 'edited' as const, id, actions: rawActions(args) }
    case 'ProposalDescriptionUpdated':
      return { type: 'edited' as const, id, description: args.description }
    case 'VoteCast':
    case 'VoteCastWithParams':
      return {
        type: 'vote' as const,
        id,
        voter: args.voter,
        support: args.support,
        weight: args.weight,
        reason: args.reason,
        ...('params' in args && { params: args.params }),
      }
    case 'ProposalVetoed':
    case 'ProposalCanceled':
      return { type: 'canceled' as const, id }
    case 'ProposalExecuted':
      return { type: 'executed' as const, id }
    case 'ProposalQueued':
      return { type: 'queued' as const, id, eta: args.etaSeconds }
    case 'ProposalExtended':
      return { type: 'extended' as const, id, deadline: args.extendedDeadline }
  }
}

const voteParameters = parseAbiParameters('uint256, uint8, uint256, string')
// Offset of the reason: it begins after four words.
const reasonOffset = (4 * 32).toString(16).padStart(64, '0')
const utf8 = new TextDecoder()

/** Id, support, weight and reason of a vote. */
type VoteData = readonly [id: bigint, support: number, weight: bigint, reason: string]

/**
 * Decodes the data of a `VoteCast`. Votes are most of a long history, so the usual ABI layout is read directly; any
 * other layout is left to the library.
 *
 * @throws if the data is not that of a vote.
 */
export function decodeVoteData(data: Hex): VoteData {
  return decodeUsual(data) ?? decodeAbiParameters(voteParameters, data)
}

/** Reads the usual layout: one word each, then the length of the reason, and the reason padded to whole words. */
function decodeUsual(data: Hex): VoteData | undefined {
  const word = (index: number): string => data.slice(2 + 64 * index, 66 + 64 * index)
  const support = Number.parseInt(word(1), 16)
  const length = Number.parseInt(word(4), 16)
  const whole = Math.ceil(length / 32) + 5
  if (word(3) !== reasonOffset || support > 255 || data.length !== 2 + 64 * whole || !/^0x[0-9a-f]+$/i.test(data))
    return undefined
  const reason = utf8.decode(hexToBytes(`0x${data.slice(322, 322 + 2 * length)}`))
  return [BigInt(`0x${word(0)}`), support, BigInt(`0x${word(2)}`), reason]
}
