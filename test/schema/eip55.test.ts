import fc from 'fast-check'
import { getAddress } from 'viem'
import { describe, expect, it } from 'vitest'
import { checksummed, hasSoundChecksum } from '../../src/schema/eip55.js'

const digits = fc.string({ unit: fc.constantFrom(...Array.from('0123456789abcdef')), minLength: 40, maxLength: 40 })

describe('the checksum of an address', () => {
  it('accepts the checksummed form, and one of a single case', () => {
    fc.assert(
      fc.property(digits, (lower) => {
        expect(
          [getAddress(`0x${lower}`), `0x${lower}`, `0x${lower.toUpperCase()}`].map(hasSoundChecksum),
        ).toStrictEqual([true, true, true])
      }),
    )
  })

  it('is given to an address of any case', () => {
    fc.assert(
      fc.property(digits, (lower) => {
        const right = getAddress(`0x${lower}`)
        expect([`0x${lower}`, `0x${lower.toUpperCase()}`, right].map(checksummed)).toStrictEqual([right, right, right])
      }),
    )
  })

  it('accepts a change of case exactly if the result is checksummed or of a single case', () => {
    fc.assert(
      fc.property(digits, fc.nat(39), (lower, at) => {
        const right = getAddress(`0x${lower}`)
        const digit = right[at + 2] ?? ''
        const other = digit === digit.toLowerCase() ? digit.toUpperCase() : digit.toLowerCase()
        const turned = `${right.slice(0, at + 2)}${other}${right.slice(at + 3)}`
        const isOneCase = [turned.slice(2).toLowerCase(), turned.slice(2).toUpperCase()].includes(turned.slice(2))
        expect(hasSoundChecksum(turned)).toBe(turned === right || isOneCase)
      }),
    )
  })

  it('rejects a letter in the wrong case, or a mistyped one', () => {
    expect(hasSoundChecksum('0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed')).toBe(true)
    expect(hasSoundChecksum('0x5aAeb6053F3E94C9b9A09f33669435E7Ef1Beaed')).toBe(false)
    expect(hasSoundChecksum('0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAee')).toBe(false)
  })
})
