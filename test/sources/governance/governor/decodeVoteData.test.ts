import fc from 'fast-check'
import { decodeAbiParameters, encodeAbiParameters, type Hex, parseAbiParameters } from 'viem'
import { describe, expect, it } from 'vitest'
import { decodeVoteData } from '../../../../src/sources/governance/governor/decode.js'

const parameters = parseAbiParameters('uint256, uint8, uint256, string')
const word = (value: bigint): string => value.toString(16).padStart(64, '0')
const uint256 = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n })
const encoded = fc
  .tuple(uint256, fc.nat(255), uint256, fc.string({ unit: 'binary', maxLength: 100 }))
  .map(([id, support, weight, reason]) => encodeAbiParameters(parameters, [id, support, weight, reason.toWellFormed()]))

/** What it decodes to, or that it is not a vote. */
const outcome = (decode: (data: Hex) => unknown, data: Hex): unknown => {
  try {
    return decode(data)
  } catch {
    return 'not a vote'
  }
}
const asTheLibrary = (data: Hex): void => {
  expect(outcome(decodeVoteData, data)).toEqual(outcome((one) => decodeAbiParameters(parameters, one), data))
}

describe('decoding the data of a vote', () => {
  it('returns what was encoded', () => {
    const data = encodeAbiParameters(parameters, [2n ** 255n, 2, 10n ** 18n, 'því að 🗳️'])
    expect(decodeVoteData(data)).toEqual([2n ** 255n, 2, 10n ** 18n, 'því að 🗳️'])
  })

  it('agrees with viem on every vote, in upper and lower case', () => {
    fc.assert(
      fc.property(encoded, fc.boolean(), (data, upper) => {
        asTheLibrary(upper ? `0x${data.slice(2).toUpperCase()}` : data)
      }),
    )
  })

  it('agrees with viem on damaged votes: cut, longer, or with another digit', () => {
    const place = fc.nat(2_000)
    fc.assert(
      fc.property(encoded, place, fc.constantFrom('0', '1', '8', 'f', 'F', 'g', ' ', 'x', ''), (data, at, digit) => {
        const index = 2 + (at % (data.length - 2))
        asTheLibrary(`0x${data.slice(2, index)}${digit}${data.slice(index + 1)}`)
        asTheLibrary(`0x${data.slice(2, index)}`)
        asTheLibrary(`${data}${digit}`)
      }),
      { numRuns: 500 },
    )
  })

  it.each([
    ['bytes that are not UTF-8', [1n, 1n, 1n, 128n, 3n], 'ff41c3'],
    ['a byte order mark', [1n, 1n, 1n, 128n, 4n], 'efbbbf41'],
    ['a support above 255', [1n, 300n, 1n, 128n, 2n], '4142'],
    ['a support that is not a number', [1n, 2n ** 200n, 1n, 128n, 2n], '4142'],
    ['a length beyond the data', [1n, 1n, 1n, 128n, 2n ** 64n + 2n], '4142'],
    ['a reason after a gap', [1n, 1n, 1n, 160n, 0n, 2n], '4142'],
  ])('agrees with viem on %s', (_, words, reason) => {
    asTheLibrary(`0x${words.map(word).join('')}${reason.padEnd(64, '0')}`)
  })
})
