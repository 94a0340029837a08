import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { differingKeys } from '../../src/domain/touchedBetween.js'

const map = fc
  .array(fc.tuple(fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 2 }), fc.nat(2)))
  .map((entries) => new Map(entries))

describe('differingKeys', () => {
  it('are all it takes to turn one map into the other, and nothing more', () => {
    fc.assert(
      fc.property(map, map, (before, after) => {
        const keys = differingKeys(before, after)
        const copy = new Map(before)
        for (const key of keys) {
          const value = after.get(key)
          if (value === undefined) copy.delete(key)
          else copy.set(key, value)
        }

        expect(copy).toStrictEqual(after)
        expect(keys.every((key) => before.get(key) !== after.get(key))).toBe(true)
      }),
    )
  })

  it('compare by reference', () => {
    const [one, twin] = [{ id: 1 }, { id: 1 }]

    expect(differingKeys(new Map([['a', one]]), new Map([['a', one]]))).toStrictEqual([])
    expect(differingKeys(new Map([['a', one]]), new Map([['a', twin]]))).toStrictEqual(['a'])
  })
})
