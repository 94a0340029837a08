import { bech32 } from '@scure/base'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cosmosAccountOf } from '../../../src/domain/proposals/cosmosAccount.js'

// The account of the module x/gov on the Cosmos Hub.
const account = 'cosmos10d07y265gmmuvt4z0w9aw880jnsr700j6zn9kn'

describe('cosmosAccountOf', () => {
  it('returns an account address as it is', () => {
    expect(cosmosAccountOf(account)).toBe(account)
    // The module account of x/distribution of Osmosis.
    expect(cosmosAccountOf('osmo1jv65s3grqf6v6jl3dp4t6c9t9rk99cd80yhvld')).toBe(
      'osmo1jv65s3grqf6v6jl3dp4t6c9t9rk99cd80yhvld',
    )
  })

  it('returns the account of a validator, which has the same bytes', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('cosmos', 'osmo', 'juno', 'sei'),
        fc.constantFrom(20, 32).chain((length) => fc.uint8Array({ minLength: length, maxLength: length })),
        (prefix, bytes) => {
          const words = bech32.toWords(bytes)
          expect(cosmosAccountOf(bech32.encode(`${prefix}valoper`, words))).toBe(bech32.encode(prefix, words))
        },
      ),
    )
  })

  it.each([
    ['with one wrong letter', 'cosmos10d07y265gmmuvt4z0w9aw880jnsr700j6zn9kx'],
    ['in capital letters', account.toUpperCase()],
    ['of too few bytes', bech32.encode('cosmos', bech32.toWords(new Uint8Array(19)))],
    ['without a prefix', bech32.encode('valoper', bech32.toWords(new Uint8Array(20)))],
    ['of another kind', '0xabababababababababababababababababababab'],
    ['that is empty', ''],
  ])('returns undefined for an address %s', (_what, address) => {
    expect(cosmosAccountOf(address)).toBeUndefined()
  })
})
