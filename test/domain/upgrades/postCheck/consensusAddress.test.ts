import { bech32 } from '@scure/base'
import { describe, expect, it } from 'vitest'
import { consensusAddressOf } from '../../../../src/domain/upgrades/postCheck/consensusAddress.js'

const hex = 'DFA9DD9F731B4D94E19285E810D5D425CC6BB1E3'
const bytes = Uint8Array.from(Buffer.from(hex, 'hex'))
const named = (prefix: string, of = bytes): string => bech32.encode(prefix, bech32.toWords(of))

describe('consensusAddressOf', () => {
  it.each([hex, hex.toLowerCase(), `0x${hex}`, named('cosmosvalcons'), named('storyvalcons')])(
    'returns the address in hex for %s',
    (written) => {
      expect(consensusAddressOf(written)).toBe(hex)
    },
  )

  it('reads bech32 in capitals, and keeps leading zeros', () => {
    const small = Uint8Array.from({ length: 20 }, (_, at) => at)
    expect(consensusAddressOf(named('cosmosvalcons', small).toUpperCase())).toBe(
      Buffer.from(small).toString('hex').toUpperCase(),
    )
  })

  it.each([
    { what: 'an account', written: named('cosmos') },
    { what: 'a validator operator address', written: named('cosmosvaloper') },
    { what: 'another length of bytes', written: named('cosmosvalcons', bytes.slice(1)) },
    { what: 'a wrong bech32 checksum', written: `${named('cosmosvalcons').slice(0, -1)}b` },
    { what: 'a public key', written: 'A'.repeat(64) },
    { what: 'an empty text', written: '' },
  ])('returns nothing for $what', ({ written }) => {
    expect(consensusAddressOf(written)).toBeUndefined()
  })
})
