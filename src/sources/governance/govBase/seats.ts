import { type Address, getAddress, isAddress } from 'viem'
import type { Head } from '../../../domain/blocks/head.js'
import { isOpen, type Proposal } from '../../../domain/proposals/proposal.js'
import type { Call } from '../../rpc/readCalls.js'
import type { ChainClient } from '../evm/context.js'
import { type GovBaseContract, type GovBaseMemory, seatsKey } from './context.js'
import { govBaseAbi } from './decode.js'
import { type BatchQuery, type Found, numberIn, readMoreBatches } from './query.js'

/** Seats of one version, as far as they were asked for. */
export interface Seats {
  /** How many there are; absent where the contract does not tell. */
  readonly count?: bigint
  /** The first ones, in order. */
  readonly known: readonly Address[]
}

// Asked for before it is known how many there are: beyond the last one the contract reverts, which costs nothing.
const guessedSeats = 16n
const maxSeats = 256n

/** Asks for the seats of a version: their number, and those from `from` to `to`. */
export function askSeats(address: Address, version: bigint, from = 0n, to = guessedSeats): BatchQuery<Seats> {
  const end = to < maxSeats ? to : maxSeats
  const seats: Call[] = []
  for (let seat = from; seat < end; seat++)
    seats.push({ address, abi: govBaseAbi, functionName: 'getMemberAt', args: [version, seat] })
  return {
    calls: [{ address, abi: govBaseAbi, functionName: 'getMemberCount', args: [version] }, ...seats],
    read: ([first, ...others]) => {
      const count = numberIn(first)
      const known: Address[] = []
      for (const answer of others) {
        if (!answer.ok || typeof answer.value !== 'string' || !isAddress(answer.value)) break
        known.push(getAddress(answer.value))
      }
      return { ...(count !== undefined && { count: count < maxSeats ? count : maxSeats }), known }
    },
  }
}

const noSeats: Seats = { known: [] }

/**
 * The seats of the given versions, in order; a version that cannot be read as a whole is left out, for half a list
 * would call somebody missing who is not. `asked` holds what a batch has told already.
 */
export async function readSeats(
  node: ChainClient,
  address: Address,
  versions: readonly bigint[],
  at: Head,
  asked: ReadonlyMap<bigint, Seats> = new Map(),
): Promise<ReadonlyMap<bigint, readonly Address[]>> {
  const unasked = versions.filter((version) => !asked.has(version))
  const answers = await readMoreBatches(
    node,
    unasked.map((version) => askSeats(address, version)),
    at,
  )
  const first = new Map([...asked, ...unasked.map((version, index) => [version, answers[index] ?? noSeats] as const)])
  const long = versions.filter((version) => (first.get(version)?.count ?? 0n) > guessedSeats)
  const rest = await readMoreBatches(
    node,
    long.map((version) => askSeats(address, version, guessedSeats, first.get(version)?.count)),
    at,
  )
  return new Map(
    versions.flatMap((version) => {
      const { count, known } = first.get(version) ?? noSeats
      const all = [...known, ...(rest[long.indexOf(version)]?.known ?? [])]
      return BigInt(all.length) === count ? [[version, all] as const] : []
    }),
  )
}

/** Seats by version: from memory, from the batch, or asked for now. */
export async function seatsOf(
  node: ChainClient,
  { address }: GovBaseContract,
  versions: readonly bigint[],
  asked: ReadonlyMap<bigint, Seats>,
  at: Head,
  memory: GovBaseMemory,
): Promise<ReadonlyMap<bigint, readonly Address[]>> {
  const known = versions.flatMap((version) => {
    const seats = memory.seats.get(seatsKey(address, version))
    return seats === undefined ? [] : [[version, seats] as const]
  })
  const remembered = new Map(known)
  const read = await readSeats(
    node,
    address,
    versions.filter((version) => !remembered.has(version)),
    at,
    asked,
  )
  return new Map([...remembered, ...read])
}

/** Remembers the seats of the versions in use, and no others. */
export function keepSeats(
  { address }: GovBaseContract,
  current: bigint,
  proposals: readonly Proposal[],
  found: ReadonlyMap<bigint, Found>,
  seats: ReadonlyMap<bigint, readonly Address[]>,
  memory: GovBaseMemory,
): void {
  const open = proposals.filter(isOpen).flatMap(({ id }) => found.get(BigInt(id))?.row?.memberVersion ?? [])
  forgetSeats(address, memory)
  for (const version of new Set([current, ...open])) {
    const all = seats.get(version)
    if (all !== undefined) memory.seats.set(seatsKey(address, version), all)
  }
}

/** A seat changed hands: what is remembered of this contract is not true any more. */
export function forgetSeats(contract: string, { seats }: Pick<GovBaseMemory, 'seats'>): void {
  for (const key of seats.keys()) if (key.startsWith(seatsKey(contract, 0n).slice(0, -1))) seats.delete(key)
}
