import type { Address } from 'viem'

/** What identifies a ballot in the memory of the reader. */
export function keyOfBallot(storage: Address, id: bigint): string {
  return `${storage}/${id}`
}
