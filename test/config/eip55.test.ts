import fc from 'fast-check'
import { getAddress, keccak256 as reference, toHex } from 'viem'
import { describe, expect, it } from 'vitest'
import { hasSoundChecksum } from '../../src/config/eip55.js'
import { keccak256 } from '../../src/config/keccak256.js'

const digits = fc.string({ unit: fc.constantFrom(...Array.from('0123456789abcdef')), minLength: 40, maxLength: 40 })

describe('the checksum of an address', () => {
  it('is the hash that others give', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
      expect(toHex(keccak256(text))).toBe(reference(toHex(text)))
    }), { numRuns: 300 })
  })

  it('fits an address as others write it, and one of one case', () => {
    fc.assert(fc.property(digits, (lower) => {
      expect([getAddress(`0x${lower}`), `0x${lower}`, `0x${lower.toUpperCase()}`].map(hasSoundChecksum)).toStrictEqual([true, true, true])
    }))
  })

  it('does not fit one with a letter in the other case, or mistyped', () => {
    expect(hasSoundChecksum('0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed')).toBe(true)
    expect(hasSoundChecksum('0x5aAeb6053F3E94C9b9A09f33669435E7Ef1Beaed')).toBe(false)
    expect(hasSoundChecksum('0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAee')).toBe(false)
  })
})
