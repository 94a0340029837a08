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

/** Whether these logs set every bit of the bloom filter of their block: then the block holds no log that they lack. */
export function explainBloom(
  logs: readonly { readonly address: `0x${string}`; readonly topics: readonly `0x${string}`[] }[],
  bloom: `0x${string}`,
): boolean {
  const bits = hexToBytes(bloom)
  for (const { address, topics } of logs)
    for (const { byte, mask } of [address, ...topics].flatMap(bitsOf)) bits[byte] = (bits[byte] ?? 0) & ~mask
  return bits.every((byte) => byte === 0)
}

function isSet(bits: Uint8Array, value: `0x${string}`): boolean {
  return bitsOf(value).every(({ byte, mask }) => ((bits[byte] ?? 0) & mask) !== 0)
}

/** A value sets three of 2,048 bits; bit 0 is the lowest bit of the last byte. */
function bitsOf(value: `0x${string}`): readonly { readonly byte: number; readonly mask: number }[] {
  const hash = sha3.keccak256.array(hexToBytes(value))
  return [0, 2, 4].map((at) => {
    const bit = (((hash[at] ?? 0) << 8) | (hash[at + 1] ?? 0)) & 2047
    return { byte: 255 - (bit >> 3), mask: 1 << (bit & 7) }
  })
}
