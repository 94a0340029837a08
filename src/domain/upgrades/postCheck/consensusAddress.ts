import { bech32 } from '@scure/base'

const mostLetters = 90
const length = 20

/**
 * Returns the consensus address of a validator as 40 capital hex digits. Accepts the hex form of a CometBFT node, the
 * `…valcons1…` form of a Cosmos chain, and the 0x address of an EVM chain. Returns `undefined` for anything else, or if
 * the checksum (BIP-173) does not match.
 */
export function consensusAddressOf(written: string): string | undefined {
  const hex = /^(?:0x)?([0-9a-f]{40})$/i.exec(written)?.[1]
  if (hex !== undefined) return hex.toUpperCase()
  const decoded = bech32.decodeUnsafe(written, mostLetters)
  const bytes = decoded?.prefix.endsWith('valcons') === true ? bech32.fromWordsUnsafe(decoded.words) : undefined
  return bytes instanceof Uint8Array && bytes.length === length ? hexOf(bytes) : undefined
}

function hexOf(bytes: Uint8Array): string {
  return [...bytes]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('')
    .toUpperCase()
}
