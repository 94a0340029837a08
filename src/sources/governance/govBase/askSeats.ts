import { type Address, getAddress, isAddress } from 'viem'
import type { Call } from '../../rpc/readCalls.js'
import { govBaseAbi } from './abi.js'
import { type Inquiry, numberIn } from './inquiry.js'

/** Seats of one version, as far as they were asked for. */
export interface Seats {
  /** How many there are; absent where the contract does not tell. */
  readonly count?: bigint
  /** The first ones, in order. */
  readonly known: readonly Address[]
}

// Asked for before it is known how many there are: beyond the last one the contract reverts, which costs nothing.
export const guessedSeats = 16n
const maxSeats = 256n

/** Asks for the seats of a version: their number, and those from `from` to `to`. */
export function askSeats(address: Address, version: bigint, from = 0n, to = guessedSeats): Inquiry<Seats> {
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
