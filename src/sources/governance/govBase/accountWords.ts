import { type Address, getAddress, isAddress } from 'viem'

// With more the longest title would be cut.
const maxNamed = 2
const maxListed = 50

/** One address of decoded data; `undefined` for anything else. */
export function accountIn(value: unknown): Address | undefined {
  return typeof value === 'string' && isAddress(value) ? getAddress(value) : undefined
}

/** The first accounts of a list, and how many there are beside. */
export function accountsInTitle(value: unknown): string | undefined {
  const all = accountsIn(value)
  if (all === undefined) return undefined
  return all.length === 0 ? 'nobody' : firstOf(all, maxNamed)
}

/** A sentence with the accounts that a title has no room for; empty where it has. */
export function accountsInFull(value: unknown): string {
  const all = accountsIn(value) ?? []
  return all.length <= maxNamed ? '' : `All accounts: ${firstOf(all, maxListed)}.`
}

function accountsIn(value: unknown): readonly Address[] | undefined {
  if (!Array.isArray(value)) return undefined
  const all = value.map(accountIn).filter((account) => account !== undefined)
  return all.length === value.length ? all : undefined
}

function firstOf(all: readonly Address[], most: number): string {
  const more = all.length - most
  return `${all.slice(0, most).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
