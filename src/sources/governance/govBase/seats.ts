import { type Address, getAddress, isAddress } from 'viem'
import type { Head } from '../../../domain/blocks/head.js'
import type { Call } from '../../rpc/readCalls.js'
import type { ChainClient } from '../evm/context.js'
import { type GovBaseContract, type GovBaseMemory, seatsKey } from './context.js'
import { govBaseAbi } from './decode.js'
import { type BatchQuery, numberIn, readMoreBatches } from './query.js'

/** The seats of one version, as far as they were read. */
export interface Seats {
  /** Number of seats; absent if the contract does not tell. */
  readonly count?: bigint
  /** The members of the first seats, in order. */
  readonly known: readonly Address[]
}

// Number of seats requested before their count is known. A request beyond the last seat reverts, which costs nothing.
const guessedSeats = 16n
const maxSeats = 256n

/** Queries the seats of a version: their count, and the members from seat `from` to before `to`. */
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
 * Reads the members of the given versions, in seat order. A version that cannot be read completely is left out, because
 * a partial list would report members as missing. `asked` holds the answers of an earlier batch.
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

/** Which members are wanted. */
interface SeatsWanted {
  readonly contract: GovBaseContract
  readonly versions: readonly bigint[]
  readonly at: Head
  /** The answers of an earlier batch, by version. */
  readonly asked: ReadonlyMap<bigint, Seats>
}

/** Returns the members by version: from memory, from the batch, or requested now. */
export async function seatsOf(
  node: ChainClient,
  { contract: { address }, versions, at, asked }: SeatsWanted,
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

/** Keeps the members of the versions in use, and no others. */
export function keepSeats(
  { address }: GovBaseContract,
  inUse: ReadonlySet<bigint>,
  seats: ReadonlyMap<bigint, readonly Address[]>,
  memory: GovBaseMemory,
): void {
  forgetSeats(address, memory)
  for (const version of inUse) {
    const all = seats.get(version)
    if (all !== undefined) memory.seats.set(seatsKey(address, version), all)
  }
}

/** Drops the members of a contract from memory, because a seat changed hands. */
export function forgetSeats(contract: string, { seats }: Pick<GovBaseMemory, 'seats'>): void {
  for (const key of seats.keys()) if (key.startsWith(seatsKey(contract, 0n).slice(0, -1))) seats.delete(key)
}
