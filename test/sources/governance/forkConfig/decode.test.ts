import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { SourceError } from '../../../../src/domain/errors.js'
import { formatCursor, parseCursor } from '../../../../src/sources/governance/forkConfig/cursor.js'
import { decodeForkConfig } from '../../../../src/sources/governance/forkConfig/decode.js'
import { block } from '../../../support/builders.js'
import { hostile } from '../../../support/hostile/hostileTexts.js'

const current = { forkId: '0x5167e2a6', activationTime: 1_764_798_551, chainId: '0x1', blobSchedule: null }
const next = { forkId: '0x07C9462E', activationTime: 1_800_000_000 }

describe('an answer to eth_config', () => {
  it('is read as the current and the next fork', () => {
    expect(decodeForkConfig({ current, next, last: next })).toStrictEqual({
      current: { id: '0x5167e2a6', time: 1_764_798_551n },
      next: { id: '0x07c9462e', time: 1_800_000_000n },
      last: { id: '0x07c9462e', time: 1_800_000_000n },
      chainId: 1n,
    })
    expect(decodeForkConfig({ current, next: null, last: null })).toStrictEqual({
      current: { id: '0x5167e2a6', time: 1_764_798_551n },
      chainId: 1n,
    })
  })

  it.each([
    ['an early draft', { current: { activationTime: 1 }, currentForkId: '0x5167e2a6', next: null }],
    ['without times, as on Kaia', { current: { forkId: '0x5167e2a6', blobSchedule: null } }],
    ['of a chain without time forks', { current: null, next: null, last: null }],
    ['with a next fork that is not later', { current, next: { ...next, activationTime: current.activationTime } }],
    ['with the same fork once more', { current, next: { ...next, forkId: current.forkId } }],
    ['with an impossible time', { current, next: { ...next, activationTime: 253_402_300_800 } }],
    ['with half a second', { current, next: { ...next, activationTime: 1.5 } }],
    ['with an invalid chain id', { current: { ...current, chainId: 'one' } }],
  ])('is not understood: %s', (_, answer) => {
    expect(decodeForkConfig(answer)).toBeUndefined()
  })

  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    hostile,
    fc.constantFrom(next, current, null, 0, -1, '0x5167e2a6'),
  )
  const fork = fc.oneof(
    fc.record({ forkId: value, activationTime: value, chainId: value }, { requiredKeys: [] }),
    value,
  )

  it('of any content is read as possible forks, or as nothing', () => {
    fc.assert(
      fc.property(fc.oneof(fc.record({ current: fork, next: fork, last: fork }), value), (answer) => {
        const found = decodeForkConfig(answer)
        const ahead = [found?.next, found?.last].filter((one) => one !== undefined)
        expect(found === undefined || ahead.every(({ time }) => time > found.current.time)).toBe(true)
      }),
    )
  })
})

describe('the cursor', () => {
  const said = [
    { name: 'a:1', current: { id: '0x5167e2a6', time: 1n }, next: { id: '0x07c9462e', time: 9n } },
    {
      name: 'b:1',
      current: { id: '0x5167e2a6', time: 1n },
      last: { id: '0x07c9462e', time: 9n },
      changedAt: 2n,
      counting: {
        current: { id: '0x5167e2a6', time: 1n },
        next: { id: '0x11111111', time: 8n },
        since: 5n,
        isUnsteady: true as const,
      },
      named: { id: '0x07c9462e', time: 9n, since: 3n, seen: 4n },
      lapsed: { id: '0x07c9462e', time: 9n, until: 4n },
    },
  ]

  it('survives unchanged', () => {
    expect(parseCursor(formatCursor({ head: block(7), said }), 'main')).toStrictEqual({ head: block(7), said })
  })

  it('of an earlier version is read, too', () => {
    const { head: formatted } = z.object({ head: z.json() }).parse(formatCursor({ head: block(7), said: [] }))
    const current = { id: '0x5167e2a6', time: '1' }
    const held = { id: '0x11111111', time: '9000', until: '800' }
    const { said: read } = parseCursor({ v: 1, head: formatted, said: [{ name: 'a:1', current, held }] }, 'main')
    expect(read).toMatchObject([{ counting: { next: { id: held.id, time: 9_000n }, since: 200n } }])
  })

  it('is limited in the number of nodes and the length of their names', () => {
    const many = Array.from({ length: 1_001 }, (_, at) => ({
      name: `node-${at}:1`,
      current: { id: '0x5167e2a6', time: 1n },
    }))
    const long = { name: 'a'.repeat(1_000), current: { id: '0x5167e2a6', time: 1n } }
    const { said: kept } = parseCursor(formatCursor({ head: block(7), said: [long, ...many] }), 'main')
    expect(kept).toStrictEqual(many.slice(0, 1_000))
  })

  it('is refused if this reader did not write it', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.dictionary(fc.string(), fc.string())), (json) => {
        expect(() => parseCursor(json, 'main')).toThrow(SourceError)
      }),
    )
  })
})
