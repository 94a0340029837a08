import { type Address, getAddress, size } from 'viem'
import type { Head } from '../../../domain/head.js'
import { isOpen, keyOf, type Origin, type Proposal, type ProposalKey } from '../../../domain/proposal.js'
import type { Place } from '../evm/Place.js'
import { type ContractAnswer, range } from './askContract.js'
import { askMore } from './askMore.js'
import { askSeats, guessedSeats, type Seats } from './askSeats.js'
import { type GovBaseContext, type GovBaseContract, type Memory, seatsKey } from './GovBaseContext.js'
import { askProposal, type Found } from './inquiry.js'
import { toProposal } from './toProposal.js'

/** What one contract says at one block. */
export interface Settled {
  /** Id of the newest proposal. */
  readonly count: bigint
  readonly proposals: readonly Proposal[]
  readonly retracted: readonly ProposalKey[]
  readonly warnings: readonly string[]
}

export interface SettleOptions {
  readonly at: Head
  /** Where proposals came from, by key, as far as their logs were read. */
  readonly origins: ReadonlyMap<ProposalKey, Origin>
  /** A reorg may have given an id to another proposal. */
  readonly hasReorged: boolean
}

// Beyond this the data of one proposal would crowd the others out of a multicall.
const largeBytes = 2_000

/** Makes proposals of what a contract answered, and asks for what is missing: further ids, and seats. */
export async function settle(
  place: Place, answer: ContractAnswer, { at, origins, hasReorged }: SettleOptions, { chain, describe }: GovBaseContext, memory: Memory,
): Promise<Settled> {
  const { contract, summary, watched } = answer
  const { address } = contract
  if (summary === undefined) {
    return { count: answer.count, proposals: [], retracted: [], warnings: [`${address} did not answer at block ${at.number}: its proposals stay as they were.`] }
  }
  const { count, expiry, memberVersion } = summary
  const missing = range(1n, count).filter((id) => id > answer.count && !answer.found.has(id))
  const more = await askMore(place, missing.map((id) => askProposal(contract, id)), at)
  const found = new Map([...answer.found, ...missing.map((id, index) => [id, more[index] ?? {}] as const)])
  const seats = await readSeats(place, contract, versionsIn(found, memberVersion), answer.seats, at, memory)

  const before = new Map(watched.map((proposal) => [BigInt(proposal.id), proposal]))
  const proposals: Proposal[] = []
  const warnings: string[] = []
  const retracted: ProposalKey[] = [...before].flatMap(([id, proposal]) => (id > count ? [keyOf(proposal)] : []))
  for (const [id, { row, attemptsLeft }] of [...found].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (id > count) continue
    const key = keyOf({ chain, contract: address, id: id.toString() })
    const known = before.get(id)
    const proposal = row === undefined ? undefined : toProposal(row, {
      chain, id, contract, expiry, seats: seats.get(row.memberVersion), attemptsLeft, at, describe, origin: origins.get(key) ?? known?.origin,
    })
    if (row === undefined || proposal === undefined) {
      warnings.push(`${address} does not tell proposal ${id} in a way that can be read${known === undefined ? '; it was left out.' : `: it stays ${known.status}.`}`)
      continue
    }
    if (hasReorged && known !== undefined && !isSame(known, proposal)) retracted.push(key)
    proposals.push(proposal)
    if (isOpen(proposal) && size(row.callData) > largeBytes) memory.large.add(key)
    else memory.large.delete(key)
  }
  keepSeats(contract, memberVersion, proposals, found, seats, memory)
  return { count, proposals, retracted, warnings }
}

/** The same proposal came back after a reorg; another one may have got its id. */
function isSame(known: Proposal, proposal: Proposal): boolean {
  return known.proposer === proposal.proposer && known.title === proposal.title
    && known.actions[0]?.signature === proposal.actions[0]?.signature
}

function versionsIn(found: ReadonlyMap<bigint, Found>, current: bigint): readonly bigint[] {
  return [...new Set([current, ...[...found.values()].flatMap(({ row }) => row?.memberVersion ?? [])])]
}

/** Seats by version: from memory, from the batch, or asked for now. */
async function readSeats(
  place: Place, { address }: GovBaseContract, versions: readonly bigint[], asked: ReadonlyMap<bigint, Seats>, at: Head, memory: Memory,
): Promise<ReadonlyMap<bigint, readonly Address[]>> {
  const unknown = versions.filter((version) => !memory.seats.has(seatsKey(address, version)))
  const unasked = unknown.filter((version) => !asked.has(version))
  const answers = await askMore(place, unasked.map((version) => askSeats(address, version)), at)
  const first = new Map([...asked, ...unasked.map((version, index) => [version, answers[index] ?? { known: [] }] as const)])
  const long = unknown.filter((version) => (first.get(version)?.count ?? 0n) > guessedSeats)
  const rest = await askMore(place, long.map((version) => askSeats(address, version, guessedSeats, first.get(version)?.count)), at)
  const seats = new Map<bigint, readonly Address[]>()
  for (const version of versions) {
    const known = memory.seats.get(seatsKey(address, version))
    const { count, known: head } = first.get(version) ?? { known: [] }
    const all = known ?? [...head, ...(rest[long.indexOf(version)]?.known ?? [])]
    // A list that is not whole would call somebody missing who is not, or nobody.
    if (known !== undefined || BigInt(all.length) === count) seats.set(version, all.map((seat) => getAddress(seat)))
  }
  return seats
}

/** Remembers the seats of the versions in use, and no others. */
function keepSeats(
  { address }: GovBaseContract, current: bigint, proposals: readonly Proposal[], found: ReadonlyMap<bigint, Found>,
  seats: ReadonlyMap<bigint, readonly Address[]>, memory: Memory,
): void {
  const open = proposals.filter(isOpen).flatMap(({ id }) => found.get(BigInt(id))?.row?.memberVersion ?? [])
  forgetSeats(address, memory)
  for (const version of new Set([current, ...open])) {
    const all = seats.get(version)
    if (all !== undefined) memory.seats.set(seatsKey(address, version), all)
  }
}

/** A seat changed hands: what is remembered of this contract is not true any more. */
export function forgetSeats(contract: string, { seats }: Pick<Memory, 'seats'>): void {
  for (const key of seats.keys()) if (key.startsWith(seatsKey(contract, 0n).slice(0, -1))) seats.delete(key)
}
