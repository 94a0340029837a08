import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { StoreError } from '../../src/domain/errors.js'
import { decode, encode } from '../../src/store/codec.js'

const where = { sql: { file: 'a.db', noteDamage: () => undefined }, row: 'the chain local' }

// All plain values, with likely keys that look like tags.
const key = fc.oneof(fc.constantFrom('$n', '$f', '$$n', '$', '__proto__', 'constructor'), fc.string({ unit: 'binary' }))
const { value: anything } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    fc.double(),
    fc.bigInt(),
    fc.string({ unit: 'binary' }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
}))

describe('codec', () => {
  it('returns every value unchanged, whatever its keys look like', () => {
    // Not the matcher of vitest: it takes a key named "constructor" for the class of the
    // object.
    fc.assert(
      fc.property(anything, (value) => {
        expect(isDeepStrictEqual(decode(z.unknown(), encode(value), where), value)).toBe(true)
      }),
      { numRuns: 1_000 },
    )
  })

  it.each([
    ['a bigint larger than any integer type', -(2n ** 4_096n)],
    ['an object that looks like a tag', { $n: '12' }],
    ['a tag within a tag', { $n: { $f: '-0' }, $$n: 1n }],
    ['numbers that JSON cannot express', [NaN, Infinity, -Infinity, -0]],
    ['an unpaired surrogate', '\ud800 and \u0000'],
  ])('keeps %s', (_name, value) => {
    expect(decode(z.unknown(), encode(value), where)).toStrictEqual(value)
  })

  it('omits undefined fields', () => {
    expect(encode({ a: undefined, b: 1n })).toBe('{"b":{"$n":"1"}}')
  })

  it.each([
    ['invalid JSON', '{"a":', 'Unexpected end of JSON input'],
    ['an invalid bigint', '{"$n":"twelve"}', 'Cannot convert twelve to a BigInt'],
    ['other content', '{"height":"12"}', 'height Invalid input: expected bigint, received string'],
  ])('locates a row that holds %s', (_name, text, reason) => {
    expect(() => decode(z.object({ height: z.bigint() }), text, where)).toThrow(
      new StoreError(
        `The state file a.db holds a row that cannot be read, the chain local: ${reason}. ` +
          'Restore the file from a backup, or move it away to start over from the chain.',
      ),
    )
  })
})
