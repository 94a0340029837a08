import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { differingKeys, editMap, memoizeByMap, memoizeLeast, memoizeWhere } from '../../src/domain/editedMap.js'

type Entries = ReadonlyMap<string, bigint>

const key = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 2 })
const value = fc.bigInt(0n, 3n)
const map = fc.array(fc.tuple(key, value)).map((entries): Entries => new Map(entries))
/** A map and its edits; `undefined` deletes. */
const history = fc.tuple(map, fc.array(fc.array(fc.tuple(key, fc.option(value, { nil: undefined })), { maxLength: 4 })))

function edited(base: Entries, edits: readonly (readonly [string, bigint | undefined])[]): Entries {
  const editor = editMap(base)
  for (const [at, to] of edits) {
    if (to === undefined) editor.delete(at)
    else editor.set(at, to)
  }
  return editor.map()
}

/** The map after each of its edits, the map itself first. */
function versionsOf([base, edits]: readonly [
  Entries,
  readonly (readonly (readonly [string, bigint | undefined])[])[],
]) {
  const versions = [base]
  for (const edit of edits) versions.push(edited(versions.at(-1) ?? base, edit))
  return versions
}

describe('an edited map', () => {
  it('has the entries of an edited copy in the same order, and leaves the original alone', () => {
    fc.assert(
      fc.property(history, ([base, edits]) => {
        const given = [...base]
        const copy = new Map(base)
        for (const [at, to] of edits.flat()) {
          if (to === undefined) copy.delete(at)
          else copy.set(at, to)
        }

        expect([...edited(base, edits.flat())]).toStrictEqual([...copy])
        expect([...base]).toStrictEqual(given)
      }),
    )
  })

  it('is the original if no edit changes it', () => {
    const base = new Map([['a', 1n]])
    const same = editMap(base)
    same.set('a', 1n)
    same.delete('b')

    expect(same.map()).toBe(base)
  })

  it('shows edits made after it was returned', () => {
    const editor = editMap(new Map([['a', 1n]]))
    editor.set('b', 2n)
    const map = editor.map()
    editor.delete('a')

    expect([...map]).toStrictEqual([['b', 2n]])
    expect(editor.get('b')).toBe(2n)
  })
})

describe('differingKeys', () => {
  it('are exactly the keys whose values differ, for edited and other maps', () => {
    fc.assert(
      fc.property(history, map, (made, other) => {
        const versions = [...versionsOf(made), other]
        for (const [index, before] of versions.entries()) {
          for (const after of versions.slice(index)) {
            const keys = differingKeys(before, after)
            const turned = edited(
              before,
              keys.map((at) => [at, after.get(at)]),
            )

            expect(Object.fromEntries(turned)).toStrictEqual(Object.fromEntries(after))
            expect(keys.every((at) => before.get(at) !== after.get(at))).toBe(true)
          }
        }
      }),
    )
  })

  it('compare by reference', () => {
    const [one, twin] = [{ id: 1 }, { id: 1 }]

    expect(differingKeys(new Map([['a', one]]), new Map([['a', one]]))).toStrictEqual([])
    expect(differingKeys(new Map([['a', one]]), new Map([['a', twin]]))).toStrictEqual(['a'])
  })
})

describe('a memoized result that is updated across edits', () => {
  const isOdd = (one: bigint): boolean => one % 2n === 1n
  // Some versions are never queried.
  const asked = fc.infiniteStream(fc.boolean())

  it('contains the matching entries, in the order of the map', () => {
    fc.assert(
      fc.property(history, asked, (made, isAsked) => {
        const oddIn = memoizeWhere(isOdd)
        for (const version of versionsOf(made))
          if (isAsked.next().value)
            expect([...oddIn(version)]).toStrictEqual([...version].filter(([, one]) => isOdd(one)))
      }),
    )
  })

  it('is the least of the values', () => {
    fc.assert(
      fc.property(history, asked, (made, isAsked) => {
        const leastOdd = memoizeLeast((one: bigint) => (isOdd(one) ? one : undefined))
        for (const version of versionsOf(made)) {
          if (!isAsked.next().value) continue
          const odd = [...version.values()].filter(isOdd)
          expect(leastOdd(version)).toBe(odd.length === 0 ? undefined : odd.reduce((a, b) => (a < b ? a : b)))
        }
      }),
    )
  })

  it('is computed once, and derived from the last known result across several edits', () => {
    let [worked, derived] = [0, 0]
    const sizeOf = memoizeByMap(
      (entries: Entries) => {
        worked += 1
        return entries.size
      },
      (_size, entries) => {
        derived += 1
        return entries.size
      },
    )
    const first = new Map([['a', 1n]])
    const third = edited(edited(first, [['b', 2n]]), [['c', 3n]])

    expect([sizeOf(first), sizeOf(first), sizeOf(third), sizeOf(third)]).toStrictEqual([1, 1, 3, 3])
    expect([worked, derived]).toStrictEqual([1, 1])
  })

  it('is the same object if no edit changes it', () => {
    const oddIn = memoizeWhere(isOdd)
    const base = new Map([
      ['a', 1n],
      ['b', 2n],
    ])

    const odd = oddIn(base)

    expect(oddIn(edited(base, [['b', 4n]]))).toBe(odd)
  })
})
