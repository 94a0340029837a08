import { describe, expect, expectTypeOf, it } from 'vitest'
import { defined } from '../../src/domain/defined.js'

const maybe = (text?: string): string | undefined => text

describe('defined', () => {
  it('drops what is undefined and keeps all else, in its order', () => {
    const values = { b: 1, gone: undefined, a: null, no: false, none: 0, empty: '', nothing: NaN }

    expect(defined(values)).toStrictEqual({ b: 1, a: null, no: false, none: 0, empty: '', nothing: NaN })
    expect(Object.keys(defined(values))).toStrictEqual(['b', 'a', 'no', 'none', 'empty', 'nothing'])
    expect(values).toHaveProperty('gone')
  })

  it('makes optional what may be missing, and nothing else', () => {
    const found = defined({ name: maybe('x'), height: 5 })

    expectTypeOf(found.height).toEqualTypeOf<number>()
    // With exactOptionalPropertyTypes, a key that may hold undefined would not do here.
    const exact: { readonly name?: string; readonly height: number } = found
    expect(exact).toStrictEqual({ name: 'x', height: 5 })
  })

  it('spreads over what stands before only what is there', () => {
    const defaults = { name: 'default', height: 1 }

    expect({ ...defaults, ...defined({ name: maybe() }) }).toStrictEqual(defaults)
    expect({ ...defaults, ...defined({ name: maybe('own') }) }).toStrictEqual({ name: 'own', height: 1 })
  })
})
