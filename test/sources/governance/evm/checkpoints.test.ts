import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addCheckpoint, type Checkpoint } from '../../../../src/sources/governance/evm/checkpoints.js'

const walked = (steps: readonly number[]): readonly Checkpoint[] => {
  let known: readonly Checkpoint[] = []
  let number = 0n
  for (const step of steps) {
    number += BigInt(step)
    known = addCheckpoint(known, { number, hash: `0x${number}` })
  }
  return known
}

describe('addCheckpoint', () => {
  it('keeps at most 64 blocks in order, among them the first and the last sixteen', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 400 }), (steps) => {
        const known = walked(steps).map(({ number }) => number)
        const all = steps.reduce<bigint[]>((blocks, step) => [...blocks, (blocks.at(-1) ?? 0n) + BigInt(step)], [])
        expect(known.length).toBe(Math.min(64, steps.length))
        expect(known[0]).toBe(all[0])
        expect(known.slice(-16)).toStrictEqual(all.slice(-16))
        expect([...known].sort((a, b) => (a < b ? -1 : 1))).toStrictEqual(known)
      }),
    )
  })

  it('keeps the last sixteen even if earlier ones lie further and further apart', () => {
    const apart = Array.from({ length: 60 }, (_, index) => Math.round(1.5 ** (60 - index)))
    const known = walked([...apart, ...Array.from({ length: 40 }, () => 1)]).map(({ number }) => number)
    const last = known.at(-1) ?? 0n
    expect(known.slice(-16)).toStrictEqual(Array.from({ length: 16 }, (_, index) => last - 15n + BigInt(index)))
  })

  it('leaves gaps that grow with the distance, so that a reorg is never rewound much too far', () => {
    const known = walked(Array.from({ length: 5_000 }, () => 1)).map(({ number }) => 5_000 - Number(number))
    for (const depth of [1, 10, 100, 1_000]) {
      const ancestor = Math.min(...known.filter((distance) => distance >= depth))
      expect(ancestor).toBeLessThanOrEqual(depth * 1.5 + 1)
    }
  })

  it('forgets the blocks above a new one', () => {
    expect(addCheckpoint(walked([5, 5, 5]), { number: 10n, hash: '0xb' }).map(({ number }) => number)).toStrictEqual([
      5n,
      10n,
    ])
  })
})
