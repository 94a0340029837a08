import type { Address } from 'viem'
import { keyOf, type ProposalOrigin, type ProposalKey, type Vote } from '../../../domain/proposals/proposal.js'
import { transactionNumber } from '../../rpc/logs/checkLogs.js'
import type { Part } from '../evm/readPart.js'
import type { GovBaseContract, GovBaseMemory } from './context.js'
import { decodeGovBaseLog, type GovBaseEvent } from './decode.js'
import { forgetSeats } from './seats.js'

/** What the logs of a reading contain. */
export interface CollectedLogs {
  readonly votes: Vote[]
  readonly origins: Map<ProposalKey, ProposalOrigin>
  readonly skips: Map<ProposalKey, readonly string[]>
  readonly expired: Map<Address, readonly bigint[]>
  readonly warnings: string[]
}

/** Adds the logs of one part to `collected`. */
export function collectLogs(
  { window: { logs } }: Part,
  contracts: readonly GovBaseContract[],
  chain: string,
  { votes, origins, skips, expired, warnings }: CollectedLogs,
  memory: GovBaseMemory,
): void {
  let passedOver: readonly GovBaseEvent[] = []
  const addresses = new Map(contracts.map(({ address }) => [address.toLowerCase(), address]))
  for (const log of logs) {
    const event = decodeGovBaseLog(log)
    const contract = addresses.get(log.address)
    if (typeof event === 'string') warnings.push(event)
    else if (event.type === 'seats') forgetSeats(event.contract, memory)
    else if (event.type === 'skipped') passedOver = [...passedOver, event]
    else if (contract !== undefined) {
      const ref = { chain, contract, id: event.id }
      if (event.type === 'created') origins.set(keyOf(ref), event.origin)
      else if (event.type === 'expired') expired.set(contract, [...(expired.get(contract) ?? []), BigInt(event.id)])
      else if (event.type === 'executed') {
        skips.set(
          keyOf(ref),
          passedOver.flatMap((skip) => (skip.type === 'skipped' && isOfOne(skip, event) ? [skip.reason] : [])),
        )
        passedOver = []
      } else {
        const { block, index } = event.origin
        votes.push({
          ...ref,
          voter: event.voter,
          choice: event.approval ? 'yes' : 'no',
          weight: 1n,
          reason: '',
          block,
          index,
        })
      }
    }
  }
}

/** Whether both events come from one contract in one transaction. */
function isOfOne(a: GovBaseEvent, b: GovBaseEvent): boolean {
  return (
    a.contract === b.contract &&
    a.origin.hash === b.origin.hash &&
    transactionNumber(a.origin.index) === transactionNumber(b.origin.index)
  )
}
