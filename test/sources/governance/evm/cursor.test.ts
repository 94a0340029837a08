import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { boundedJson, parsedJson } from '../../../../src/domain/text/boundedJson.js'
import { SourceError } from '../../../../src/domain/errors.js'
import {
  type Cursor,
  formatCursor,
  parseCursor,
  requireSameContracts,
} from '../../../../src/sources/governance/evm/cursor.js'

const number = fc.bigInt({ min: 0n, max: 10n ** 19n })
const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((data) => `0x${Buffer.from(data).toString('hex')}`)
const address = fc.uint8Array({ minLength: 20, maxLength: 20 }).map((data) => `0x${Buffer.from(data).toString('hex')}`)
const head = fc.record({ number, hash, parentHash: hash, timestamp: number })
const cursors: fc.Arbitrary<Cursor> = fc.record(
  {
    chainId: fc.integer({ min: 1 }),
    contracts: fc.array(address),
    at: head,
    head,
    checkpoints: fc.array(fc.record({ number, hash }), { maxLength: 64 }),
    window: number.map((size) => size + 1n),
    initial: fc.boolean(),
    partial: fc.boolean(),
    counts: fc.dictionary(address, number),
  },
  { requiredKeys: ['chainId', 'contracts', 'at', 'head', 'checkpoints', 'window', 'initial', 'partial'] },
)

describe('a cursor', () => {
  it('survives JSON unchanged', () => {
    fc.assert(
      fc.property(cursors, (cursor) => {
        const stored: unknown = JSON.parse(JSON.stringify(formatCursor(cursor)))
        expect(stored).toStrictEqual(formatCursor(cursor))
        // Once as the next poll gets it, and once as a restart does.
        expect(parseCursor(formatCursor(cursor), 'local')).toEqual(cursor)
        expect(parseCursor(boundedJson(stored) ?? null, 'local')).toEqual(cursor)
      }),
    )
  })

  it('from any other JSON is refused with a message', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(() => parseCursor(boundedJson(parsedJson(text)) ?? null, 'local')).toThrow(SourceError)
      }),
    )
    expect(() => parseCursor(null, 'local')).toThrow('The stored position in the history of local cannot be read')
  })

  it('is accepted for the contracts whose history it describes, in any letter case, and for no others', () => {
    fc.assert(
      fc.property(cursors, (cursor) => {
        for (const contract of cursor.contracts)
          expect(() => requireSameContracts(cursor, [contract.toUpperCase()], 'local')).not.toThrow()
        expect(() => requireSameContracts({ ...cursor, contracts: [] }, ['0xA1'], 'local')).toThrow(
          /^0xA1 was added to local/,
        )
      }),
    )
  })
})
