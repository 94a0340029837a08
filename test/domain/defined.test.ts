import { describe, expect, expectTypeOf, it } from 'vitest'
import { defined } from '../../src/domain/defined.js'

const maybe = (text?: string): string | undefined => text

describe('defined', () => {
  it('drops undefined values, and keeps all others in order', () => {
    const values = { b: 1, gone: undefined, a: null, no: false, none: 0, empty: '', nothing: NaN }

    expect(defined(values)).toStrictEqual({ b: 1, a: null, no: false, none: 0, empty: '', nothing: NaN })
    expect(Object.keys(defined(values))).toStrictEqual(['b', 'a', 'no', 'none', 'empty', 'nothing'])
    expect(values).toHaveProperty('gone')
  })

  it('makes only the keys optional that may be undefined', () => {
    const found = defined({ name: maybe('x'), height: 5 })

    expectTypeOf(found.height).toEqualTypeOf<number>()
    // With exactOptionalPropertyTypes, a key that may hold undefined would not compile here.
    const exact: { readonly name?: string; readonly height: number } = found
    expect(exact).toStrictEqual({ name: 'x', height: 5 })
  })

  it('overwrites defaults only with defined values when spread', () => {
    const defaults = { name: 'default', height: 1 }

    expect({ ...defaults, ...defined({ name: maybe() }) }).toStrictEqual(defaults)
    expect({ ...defaults, ...defined({ name: maybe('own') }) }).toStrictEqual({ name: 'own', height: 1 })
  })
})
