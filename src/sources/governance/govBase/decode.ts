import { type Address, decodeEventLog, getAddress, isAddress, isHex, parseAbi, toEventSelector } from 'viem'
import * as z from 'zod'
import type { ProposalOrigin } from '../../../domain/proposals/proposal.js'
import { cleanLine } from '../../../domain/text/text.js'
import type { SourceLog } from '../../rpc/logs/checkLogs.js'
import { undecodableLog } from '../../rpc/logs/undecodableLog.js'

/** Views that every contract of the family has. */
export const govBaseAbi = parseAbi([
  'struct Proposal { bytes32 actionType; uint256 memberVersion; uint256 votedBitmap; uint256 createdAt; uint256 executedAt; address proposer; uint32 requiredApprovals; uint32 approved; uint32 rejected; uint8 status; bytes callData; }',
  'function getProposal(uint256 proposalId) view returns (Proposal)',
  'function currentProposalId() view returns (uint256)',
  'function proposalExpiry() view returns (uint256)',
  'function memberVersion() view returns (uint256)',
  'function quorum() view returns (uint32)',
  'function getMemberCount(uint256 targetVersion) view returns (uint256)',
  'function getMemberAt(uint256 targetVersion, uint256 index) view returns (address)',
  'function canExecuteProposal(uint256 proposalId) view returns (uint8 result, uint256 attemptsLeft)',
  'function maxActiveProposalsPerMember() view returns (uint256)',
  'function MAX_RETRY_COUNT() view returns (uint256)',
  'error InvalidProposal()',
])

/** Views that only some of the contracts have; they identify the kind of contract. */
export const ownAbi = parseAbi([
  'function validatorList() view returns (address[])',
  'function gasTip() view returns (uint256)',
  'function getBlacklistCount() view returns (uint256)',
  'function getAuthorizedAccountCount() view returns (uint256)',
  'function maxMinterAllowance() view returns (uint256)',
  'function emergencyPaused() view returns (bool)',
  'function ncpList() view returns (address[])',
])

/**
 * Events for what the state does not contain: who voted how, the block a proposal was submitted in, what its execution
 * skipped, that a seat changed hands, and that an expiry was recorded.
 */
export const govBaseEvents = parseAbi([
  'event ProposalCreated(uint256 indexed proposalId, address indexed proposer, bytes32 actionType, uint256 memberVersion, uint256 requiredApprovals, bytes callData)',
  'event ProposalVoted(uint256 indexed proposalId, address indexed voter, bool approval, uint256 approved, uint256 rejected)',
  'event ProposalExecuted(uint256 indexed proposalId, address indexed executor, bool success)',
  // The id in this event is that of the newest proposal, whichever proposal is executed.
  'event ProposalExecutionSkipped(address indexed account, uint256 indexed proposalId, string reason)',
  'event ProposalExpired(uint256 indexed proposalId, address indexed executor)',
  'event MemberChanged(address indexed oldMember, address indexed newMember)',
])

/** A decoded log of a contract of the family. `contract` is in lower case. */
export type GovBaseEvent = { readonly contract: string; readonly origin: ProposalOrigin } & (
  | { readonly type: 'created'; readonly id: string }
  | { readonly type: 'vote'; readonly id: string; readonly voter: string; readonly approval: boolean }
  | { readonly type: 'executed'; readonly id: string }
  /** Belongs to the next `executed` event of the same transaction. */
  | { readonly type: 'skipped'; readonly reason: string }
  | { readonly type: 'expired'; readonly id: string }
  | { readonly type: 'seats' }
)

/** The first topic of every event that is read. */
export const govBaseTopics: readonly `0x${string}`[] = govBaseEvents.map((event) => toEventSelector(event))

const maxReason = 100

/** Decodes one log, or returns a sentence that says why it cannot. Never throws, because logs are hostile input. */
export function decodeGovBaseLog(log: SourceLog): GovBaseEvent | string {
  const { address, data, block, blockHash, index } = log
  const [topic, ...rest] = log.topics
  const position = { contract: address, origin: { block, hash: blockHash, index } }
  if (topic === undefined) return undecodableLog(log)
  try {
    const { eventName, args } = decodeEventLog({ abi: govBaseEvents, topics: [topic, ...rest], data })
    switch (eventName) {
      case 'ProposalCreated':
        return { ...position, type: 'created', id: args.proposalId.toString() }
      case 'ProposalVoted':
        return { ...position, type: 'vote', id: args.proposalId.toString(), voter: args.voter, approval: args.approval }
      case 'ProposalExecuted':
        return { ...position, type: 'executed', id: args.proposalId.toString() }
      case 'ProposalExecutionSkipped':
        return { ...position, type: 'skipped', reason: cleanLine(args.reason, maxReason) }
      case 'ProposalExpired':
        return { ...position, type: 'expired', id: args.proposalId.toString() }
      case 'MemberChanged':
        return { ...position, type: 'seats' }
    }
  } catch {
    return undecodableLog(log)
  }
}

/** A proposal as `getProposal` returns it. */
export interface Row {
  readonly actionType: `0x${string}`
  readonly memberVersion: bigint
  /** Bit i is set once seat i of the version has voted, for or against. */
  readonly votedBitmap: bigint
  /** Unix seconds. */
  readonly createdAt: bigint
  readonly proposer: Address
  readonly requiredApprovals: bigint
  readonly approved: bigint
  readonly rejected: bigint
  readonly status: number
  readonly callData: `0x${string}`
}

const hex = z.custom<`0x${string}`>((value) => isHex(value))
const count = z
  .number()
  .int()
  .nonnegative()
  .transform((value) => BigInt(value))
const rowSchema = z.object({
  actionType: hex,
  memberVersion: z.bigint(),
  votedBitmap: z.bigint().nonnegative(),
  createdAt: z.bigint(),
  proposer: z
    .custom<Address>((value) => typeof value === 'string' && isAddress(value))
    .transform((value) => getAddress(value)),
  requiredApprovals: count,
  approved: count,
  rejected: count,
  status: z.number(),
  callData: hex,
})

/** True for the row of an unused id. */
export function isUnusedRow(value: unknown): boolean {
  return rowSchema.safeParse(value).data?.status === 0
}

/** Parses the answer of `getProposal`; returns `undefined` if it is not a proposal. Status 0 marks an unused id. */
export function readRow(value: unknown): Row | undefined {
  const { data } = rowSchema.safeParse(value)
  return data === undefined || data.status === 0 ? undefined : data
}
