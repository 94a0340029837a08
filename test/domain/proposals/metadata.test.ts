import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { metadataFrom } from '../../../src/domain/proposals/metadata.js'
import { hostile } from '../../support/hostile/hostileTexts.js'

describe('metadataFrom', () => {
  it('keeps up to twenty fields that are one line each', () => {
    expect(
      metadataFrom({
        forum: ' https://forum.example/t/7 ',
        votes: 3,
        draft: false,
        authors: ['a'],
        none: null,
        empty: '',
      }),
    ).toStrictEqual({ forum: 'https://forum.example/t/7', votes: '3', draft: 'false' })
    expect(metadataFrom({ nested: {} })).toBeUndefined()
    expect(
      Object.keys(metadataFrom(Object.fromEntries(Array.from({ length: 99 }, (_, at) => [`k${at}`, at]))) ?? {}),
    ).toHaveLength(20)
  })

  it('is bounded and on one line for any input', () => {
    fc.assert(
      fc.property(fc.dictionary(hostile, hostile), (fields) => {
        for (const [name, value] of Object.entries(metadataFrom(fields) ?? {})) {
          expect(Array.from(name).length).toBeLessThanOrEqual(60)
          expect(Array.from(value).length).toBeLessThanOrEqual(500)
          expect(name + value).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u)
        }
      }),
    )
  })
})
