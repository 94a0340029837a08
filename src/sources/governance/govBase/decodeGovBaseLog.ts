import { decodeEventLog, getAddress, toEventSelector } from 'viem'
import type { Origin } from '../../../domain/proposals/proposal.js'
import { cleanLine } from '../../../domain/text/text.js'
import { logNumber, type SourceLog } from '../../rpc/checkLogs.js'
import { govBaseEvents } from './abi.js'

/** A log of a contract of the family, decoded. `contract` is in lower case. */
export type GovBaseEvent = { readonly contract: string; readonly origin: Origin } & (
  | { readonly type: 'created'; readonly id: string }
  | { readonly type: 'vote'; readonly id: string; readonly voter: string; readonly approval: boolean }
  | { readonly type: 'executed'; readonly id: string }
  /** Of the execution whose `executed` comes next in the transaction. */
  | { readonly type: 'skipped'; readonly reason: string }
  | { readonly type: 'expired'; readonly id: string }
  | { readonly type: 'seats' }
)

/** First topics of every event that is read. */
export const govBaseTopics: readonly `0x${string}`[] = govBaseEvents.map((event) => toEventSelector(event))

const maxReason = 100

/** Decodes one log, or says in a sentence why it cannot be. Never throws: logs are hostile input. */
export function decodeGovBaseLog({
  address,
  topics: [topic, ...rest],
  data,
  block,
  blockHash,
  index,
}: SourceLog): GovBaseEvent | string {
  const place = { contract: address, origin: { block, hash: blockHash, index } }
  const refusal = `Log ${logNumber(index)} of block ${block} of ${getAddress(`0x${address.slice(2)}`)} cannot be decoded and was left out.`
  if (topic === undefined) return refusal
  try {
    const { eventName, args } = decodeEventLog({ abi: govBaseEvents, topics: [topic, ...rest], data })
    switch (eventName) {
      case 'ProposalCreated':
        return { ...place, type: 'created', id: args.proposalId.toString() }
      case 'ProposalVoted':
        return { ...place, type: 'vote', id: args.proposalId.toString(), voter: args.voter, approval: args.approval }
      case 'ProposalExecuted':
        return { ...place, type: 'executed', id: args.proposalId.toString() }
      case 'ProposalExecutionSkipped':
        return { ...place, type: 'skipped', reason: cleanLine(args.reason, maxReason) }
      case 'ProposalExpired':
        return { ...place, type: 'expired', id: args.proposalId.toString() }
      case 'MemberChanged':
        return { ...place, type: 'seats' }
    }
  } catch {
    return refusal
  }
}
