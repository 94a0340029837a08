import { bech32 } from '@scure/base'

const mostLetters = 90
// Of a key, and of a contract or a group.
const lengths: readonly number[] = [20, 32]

/**
 * The account that votes for an address of a Cosmos chain: the address itself, or the account of a validator
 * (`cosmosvaloper1…`), which is the same bytes under the prefix of accounts. Undefined for what is no such address,
 * or whose checksum (BIP-173) does not fit.
 */
export function cosmosAccountOf(address: string): string | undefined {
  const decoded = /^[a-z0-9]+$/.test(address) ? bech32.decodeUnsafe(address, mostLetters) : undefined
  const bytes = decoded === undefined ? undefined : bech32.fromWordsUnsafe(decoded.words)
  if (decoded === undefined || !(bytes instanceof Uint8Array) || !lengths.includes(bytes.length)) return undefined
  const prefix = decoded.prefix.replace(/valoper$/, '')
  return prefix === '' ? undefined : bech32.encode(prefix, decoded.words, mostLetters)
}
