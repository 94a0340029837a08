import { isOpen, keyOf, type Proposal } from '../../../domain/proposals/proposal.js'
import type { Answer, Call } from '../../rpc/readCalls.js'
import { type GovBaseContract, type GovBaseMemory, seatsKey } from './context.js'
import { askProposal, askSummary, type BatchQuery, concatQueries, type Found, type Summary } from './query.js'
import { askSeats, type Seats } from './seats.js'

/** What the batch of a reading requests from one contract. */
export interface ContractQuery {
  readonly contract: GovBaseContract
  /** Id of the newest known proposal. */
  readonly count: bigint
  /** Its proposals within reach of a reorg. */
  readonly known: readonly Proposal[]
  /** The proposals that may have changed. */
  readonly watched: readonly Proposal[]
}

export interface ContractAnswer {
  readonly contract: GovBaseContract
  readonly count: bigint
  readonly known: readonly Proposal[]
  readonly watched: readonly Proposal[]
  readonly summary: Summary | undefined
  /** By id: the watched proposals, and possible new ones. */
  readonly found: ReadonlyMap<bigint, Found>
  /** By version: members that were not in memory. */
  readonly seats: ReadonlyMap<bigint, Seats>
}

// Number of ids above the newest known one that are read with each poll. So many new proposals between two polls need
// no further request.
const unseen = 4n
// Maximum number of past proposals in the first batch; the rest is read in portions.
const atOnce = 100n

/** Returns the proposals that may have changed: the open ones, or after a reorg all that are within its reach. */
export function mayHaveChanged(known: readonly Proposal[], hasReorged: boolean): readonly Proposal[] {
  return hasReorged ? known : known.filter(isOpen)
}

/** Everything one poll reads from a contract whose history is known. */
export function askContract(
  { contract, count, known, watched }: ContractQuery,
  memory: GovBaseMemory,
): BatchQuery<ContractAnswer> {
  const summary = askSummary(contract)
  const probed = contract.count < count + atOnce ? contract.count : count + atOnce
  const ids = [
    ...watched.map(({ id }) => BigInt(id)),
    ...range(count + 1n, probed < count + unseen ? count + unseen : probed),
  ]
  const alone = new Set(watched.filter((proposal) => memory.large.has(keyOf(proposal))).map(({ id }) => BigInt(id)))
  const proposals = concatQueries(ids.map((id) => askProposal(contract, id, alone.has(id))))
  const versions = memory.seats.has(seatsKey(contract.address, contract.memberVersion)) ? [] : [contract.memberVersion]
  const seats = concatQueries(versions.map((version) => askSeats(contract.address, version)))
  return {
    calls: [...summary.calls, ...proposals.calls, ...seats.calls],
    read: (answers) => {
      const [ofSummary, ofProposals, ofSeats] = cut(answers, summary.calls, proposals.calls)
      const read = seats.read(ofSeats)
      return {
        contract,
        count,
        known,
        watched,
        summary: summary.read(ofSummary),
        found: zip(ids, proposals.read(ofProposals)),
        seats: zip(versions, read),
      }
    },
  }
}

/** The integers from `from` to `to`, both included. */
export function range(from: bigint, to: bigint): readonly bigint[] {
  const numbers: bigint[] = []
  for (let number = from; number <= to; number++) numbers.push(number)
  return numbers
}

function cut(answers: readonly Answer[], first: readonly Call[], second: readonly Call[]) {
  const end = first.length + second.length
  return [answers.slice(0, first.length), answers.slice(first.length, end), answers.slice(end)] as const
}

function zip<K, V>(keys: readonly K[], values: readonly V[]): ReadonlyMap<K, V> {
  return new Map(
    keys.flatMap((key, index) => {
      const value = values[index]
      return value === undefined ? [] : [[key, value] as const]
    }),
  )
}
