import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { SourceError } from '../../../../src/domain/errors.js'
import { appVersionIn } from '../../../../src/sources/governance/cosmosSdk/cometBft.js'
import { formatCursor, parseCursor } from '../../../../src/sources/governance/signal/cursor.js'
import { decodeScheduled, decodeTally, versionOf } from '../../../../src/sources/governance/signal/decode.js'
import { hostile } from '../../../support/hostile/hostileTexts.js'

const value = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  hostile,
  fc.nat({ max: 700_000_000 }).map(String),
  fc.constantFrom('1', '0', '-1', '11', '600000120', '9'.repeat(80), '1.5', null, true, 11),
)
const tally = fc.record({ voting_power: value, threshold_power: value, total_voting_power: value })
const upgrade = fc.record(
  { upgrade: fc.oneof(fc.record({ app_version: value, upgrade_height: value }), value) },
  { requiredKeys: [] },
)

describe('an answer of x/signal', () => {
  it('is read as a possible tally, or as nothing', () => {
    fc.assert(
      fc.property(fc.oneof(tally, value), (body) => {
        const found = decodeTally(body)
        const canBe =
          found === undefined ||
          (found.threshold > 0n && found.threshold <= found.total && found.signalled <= found.total)
        expect(canBe).toBe(true)
      }),
    )
  })

  it('is read as a possible switch, as none, or not understood', () => {
    fc.assert(
      fc.property(fc.oneof(upgrade, value), (body) => {
        const found = decodeScheduled(body)
        const canBe =
          found === undefined ||
          found === 'none' ||
          (versionOf(found.version.toString()) === found.version &&
            Number.isSafeInteger(Number(found.upgradeHeight + 1n)))
        expect(canBe).toBe(true)
      }),
    )
  })

  it.each([
    [{ upgrade: null }, 'none'],
    [{}, 'none'],
    [{ upgrade: { app_version: '11', upgrade_height: '9432100' } }, { version: 11n, upgradeHeight: 9_432_100n }],
    [{ plan: null }, undefined],
    [[], undefined],
    [null, undefined],
  ])('is read as expected: %#', (body, said) => {
    expect(decodeScheduled(body)).toStrictEqual(said)
  })
})

describe('the version of a block', () => {
  it('is an integer for the requested block, or nothing', () => {
    const header = fc.record({ height: fc.constantFrom('5', '6'), version: fc.oneof(fc.record({ app: value }), value) })
    const body = fc.oneof(fc.record({ result: fc.record({ signed_header: fc.record({ header }) }) }), value)
    fc.assert(
      fc.property(body, (answer) => {
        expect(['bigint', 'undefined']).toContain(typeof appVersionIn(answer, 5n))
      }),
    )
  })
})

describe('a cursor', () => {
  it('survives unchanged, and is refused if this reader did not write it', () => {
    const cursor = {
      chainId: 'celestia',
      head: { number: 9n, hash: 'A', parentHash: '', timestamp: 5n },
      checkpoints: [{ number: 3n, hash: 'B' }],
      first: { number: 1n, hash: 'C' },
      state: 9n,
      moved: new Map([['11@6001', { number: 9n, timestamp: 5n }]]),
    }
    expect(parseCursor(formatCursor(cursor), 'celestia')).toStrictEqual(cursor)
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), (raw) => {
        expect(() => parseCursor(z.json().parse(JSON.parse(JSON.stringify(raw))), 'celestia')).toThrow(SourceError)
      }),
    )
  })
})
