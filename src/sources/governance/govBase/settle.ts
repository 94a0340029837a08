import { type Address, size } from 'viem'
import { SourceError } from '../../../domain/errors.js'
import type { Head } from '../../../domain/blocks/head.js'
import { isOpen, keyOf, type Origin, type Proposal, type ProposalKey } from '../../../domain/proposals/proposal.js'
import type { Place } from '../evm/Place.js'
import { type ContractAnswer, range } from './askContract.js'
import { askMore } from './askMore.js'
import type { Seats } from './askSeats.js'
import { type GovBaseContext, type GovBaseContract, type Memory, seatsKey } from './GovBaseContext.js'
import { askProposal, type Found } from './inquiry.js'
import { readSeats } from './readSeats.js'
import { standingNow, wordOn } from '../standingNow.js'
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
  /** Why accounts were passed over, by the proposal whose execution was heard of. */
  readonly skips: ReadonlyMap<ProposalKey, readonly string[]>
  /** By contract, ids of what it has come to call expired. */
  readonly expired: ReadonlyMap<Address, readonly bigint[]>
  /** A reorg may have given an id to another proposal. */
  readonly hasReorged: boolean
}

// Far more than any such chain will have: a node that says so is broken, and must not keep us busy for ever.
const maxNew = 100_000n
// Beyond this the data of one proposal would crowd the others out of a multicall.
const largeBytes = 2_000

/** Makes proposals of what a contract answered, and asks for what is missing: further ids, and seats. */
export async function settle(
  place: Place,
  answer: ContractAnswer,
  { at, origins, skips, expired, hasReorged }: SettleOptions,
  { chain, describe }: GovBaseContext,
  memory: Memory,
): Promise<Settled> {
  const { contract, summary, watched } = answer
  const { address } = contract
  if (summary === undefined) {
    const warning = `${address} did not answer at block ${at.number}: its proposals stay as they were.`
    return {
      count: answer.count,
      proposals: watched.map((known) => unread(known, at)),
      retracted: [],
      warnings: [warning],
    }
  }
  const { count, expiry, memberVersion } = summary
  // Ids only grow, unless a reorg took some back, or there never were as many.
  const isFewer = count < answer.count && !hasReorged
  const isTakenBack = isFewer && isRepeated(address, at, memory)
  if (!isFewer) memory.fewer.delete(address.toLowerCase())
  if (count - answer.count > maxNew || (isFewer && !isTakenBack)) {
    const what = `${count} proposals after ${answer.count}, which cannot be`
    throw new SourceError('transient', `${place.host} of ${chain} says that ${address} has ${what}.`)
  }
  // What had expired in silence was not asked about any more, until somebody touched it; what came while the mark stood
  // too high was taken for known.
  const touched = expired.get(address) ?? []
  const missing = [...new Set([...touched, ...range(isTakenBack ? 1n : answer.count + 1n, count)])].filter(
    (id) => id <= count && !answer.found.has(id),
  )
  const more = await askMore(
    place,
    missing.map((id) => askProposal(contract, id)),
    at,
  )
  const found = new Map<bigint, Found>([
    ...answer.found,
    ...missing.map((id, index) => [id, more[index] ?? {}] as const),
  ])
  const absent = [...found].find(([id, { isAbsent }]) => isAbsent === true && id > answer.count && id <= count)
  if (absent !== undefined) {
    throw new SourceError(
      'transient',
      `${place.host} of ${chain} says that ${address} has ${count} proposals, and that number ${absent[0]} is none.`,
    )
  }
  const seats = await seatsOf(place, contract, versionsIn(found, memberVersion), answer.seats, at, memory)

  const before = new Map(answer.known.map((proposal) => [BigInt(proposal.id), proposal]))
  const proposals: Proposal[] = []
  const warnings: string[] = []
  const lost = isTakenBack ? answer.known : watched
  const retracted: ProposalKey[] = lost.flatMap((proposal) => (BigInt(proposal.id) > count ? [keyOf(proposal)] : []))
  for (const [id, { row, attemptsLeft }] of [...found].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (id > count) continue
    const key = keyOf({ chain, contract: address, id: id.toString() })
    const known = before.get(id)
    if (row === undefined) {
      const consequence = known === undefined ? 'it was left out' : `it stays ${known.status}`
      warnings.push(`${address} does not tell proposal ${id} in a way that can be read: ${consequence}.`)
      if (known !== undefined && watched.includes(known)) proposals.push(unread(known, at))
      continue
    }
    const proposal = toProposal(row, {
      chain,
      id,
      contract,
      expiry,
      attemptsLeft,
      at,
      describe,
      before: known,
      skips: skips.get(key),
      seats: seats.get(row.memberVersion),
      origin: origins.get(key) ?? known?.origin,
    })
    warnings.push(...wordOn(proposal, known))
    const isForgotten = known === undefined && touched.includes(id)
    if (hasReorged && known !== undefined && !isSame(known, proposal)) retracted.push(key)
    // It was over long ago: nobody is to take it for new.
    proposals.push(
      isForgotten ? { ...proposal, closedAt: { block: at.number, timestamp: row.createdAt + expiry } } : proposal,
    )
    if (isOpen(proposal) && size(row.callData) > largeBytes) memory.large.add(key)
    else memory.large.delete(key)
  }
  keepSeats(contract, memberVersion, proposals, found, seats, memory)
  memory.contracts.set(address.toLowerCase(), { ...contract, count, memberVersion })
  return { count, proposals, retracted, warnings }
}

/** A proposal that its contract does not tell any more: nothing may be done on what it said last. */
function unread(known: Proposal, { number }: Head): Proposal {
  return { ...known, ...standingNow(known, 'nothing that can be read'), readAt: number }
}

// One answer may be a lie; as many blocks that say the same are not.
const enough = 3

/** Whether enough blocks have said that a contract has fewer proposals than it was once said to have. */
function isRepeated(address: Address, at: Head, { fewer }: Pick<Memory, 'fewer'>): boolean {
  const blocks = new Set([...(fewer.get(address.toLowerCase()) ?? []), at.hash])
  fewer.set(address.toLowerCase(), blocks)
  return blocks.size >= enough
}

/** The same proposal came back after a reorg; another one may have got its id. */
function isSame(known: Proposal, proposal: Proposal): boolean {
  return (
    known.proposer === proposal.proposer &&
    known.title === proposal.title &&
    known.actions[0]?.signature === proposal.actions[0]?.signature
  )
}

function versionsIn(found: ReadonlyMap<bigint, Found>, current: bigint): readonly bigint[] {
  return [...new Set([current, ...[...found.values()].flatMap(({ row }) => row?.memberVersion ?? [])])]
}

/** Seats by version: from memory, from the batch, or asked for now. */
async function seatsOf(
  place: Place,
  { address }: GovBaseContract,
  versions: readonly bigint[],
  asked: ReadonlyMap<bigint, Seats>,
  at: Head,
  memory: Memory,
): Promise<ReadonlyMap<bigint, readonly Address[]>> {
  const known = versions.flatMap((version) => {
    const seats = memory.seats.get(seatsKey(address, version))
    return seats === undefined ? [] : [[version, seats] as const]
  })
  const remembered = new Map(known)
  const read = await readSeats(
    place,
    address,
    versions.filter((version) => !remembered.has(version)),
    at,
    asked,
  )
  return new Map([...remembered, ...read])
}

/** Remembers the seats of the versions in use, and no others. */
function keepSeats(
  { address }: GovBaseContract,
  current: bigint,
  proposals: readonly Proposal[],
  found: ReadonlyMap<bigint, Found>,
  seats: ReadonlyMap<bigint, readonly Address[]>,
  memory: Memory,
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
