import { bech32 } from '@scure/base'

const mostLetters = 90
// Length in bytes of the address of a key, and of a contract or a group.
const lengths: readonly number[] = [20, 32]

/**
 * Returns the account that votes for an address of a Cosmos chain: the address itself or, for a validator address
 * (`cosmosvaloper1…`), the account with the same bytes under the account prefix. Returns `undefined` if the address is
 * malformed or its checksum (BIP-173) does not match.
 */
export function cosmosAccountOf(address: string): string | undefined {
  const decoded = /^[a-z0-9]+$/.test(address) ? bech32.decodeUnsafe(address, mostLetters) : undefined
  const bytes = decoded === undefined ? undefined : bech32.fromWordsUnsafe(decoded.words)
  if (decoded === undefined || !(bytes instanceof Uint8Array) || !lengths.includes(bytes.length)) return undefined
  const prefix = decoded.prefix.replace(/valoper$/, '')
  return prefix === '' ? undefined : bech32.encode(prefix, decoded.words, mostLetters)
}
