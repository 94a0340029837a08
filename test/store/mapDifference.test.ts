import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mapDifference } from '../../src/store/mapDifference.js'

const map = fc
  .array(fc.tuple(fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 2 }), fc.nat(2)))
  .map((entries) => new Map(entries))

describe('mapDifference', () => {
  it('is all it takes to turn one map into the other, and nothing more', () => {
    fc.assert(
      fc.property(map, map, (before, after) => {
        const { changed, gone } = mapDifference(before, after)
        const copy = new Map(before)
        for (const name of gone) copy.delete(name)
        for (const [name, value] of changed) copy.set(name, value)

        expect(copy).toStrictEqual(after)
        expect(changed.every(([name, value]) => before.get(name) !== value)).toBe(true)
        expect(gone.every((name) => before.has(name))).toBe(true)
      }),
    )
  })

  it('compares by reference', () => {
    const [one, twin] = [{ id: 1 }, { id: 1 }]

    expect(mapDifference(new Map([['a', one]]), new Map([['a', one]])).changed).toStrictEqual([])
    expect(mapDifference(new Map([['a', one]]), new Map([['a', twin]])).changed).toStrictEqual([['a', twin]])
  })
})
