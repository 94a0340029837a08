import sha3 from 'js-sha3'
import { hexToBytes } from 'viem'

export interface BloomFilter {
  /** Lower case. */
  readonly addresses: ReadonlySet<string>
  /** The first topic of a log must be one of these. */
  readonly topics: readonly `0x${string}`[]
}

/**
 * Whether a block with this bloom filter may hold a log of one of the addresses with one of the topics. False is
 * certain; true may be a false positive, more often in full blocks.
 */
export function mayHoldLogs(bloom: `0x${string}`, { addresses, topics }: BloomFilter): boolean {
  const bits = hexToBytes(bloom)
  return (
    [...addresses].some((address) => isSet(bits, `0x${address.slice(2)}`)) && topics.some((topic) => isSet(bits, topic))
  )
}

/** A value sets three of 2,048 bits; bit 0 is the lowest bit of the last byte. */
function isSet(bits: Uint8Array, value: `0x${string}`): boolean {
  const hash = sha3.keccak256.array(hexToBytes(value))
  return [0, 2, 4].every((at) => {
    const bit = (((hash[at] ?? 0) << 8) | (hash[at + 1] ?? 0)) & 2047
    return ((bits[255 - (bit >> 3)] ?? 0) & (1 << (bit & 7))) !== 0
  })
}
