import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { codePoints, cutText, fitList, type Measure, utf16Units, utf8Bytes } from '../../src/channels/cutText.js'
import { hostile } from '../support/hostile/hostileTexts.js'

const measures: readonly [string, Measure][] = [
  ['code points', codePoints],
  ['UTF-16 units', utf16Units],
  ['UTF-8 bytes', utf8Bytes],
  ['escaped characters', (text) => text.replace(/[&<>]/g, '&amp;').length],
]
const max = fc.integer({ min: 3, max: 60 })

describe('cutText', () => {
  it('keeps a text that fits, and ends a cut one with an ellipsis', () => {
    expect(cutText('abcde', 5)).toBe('abcde')
    expect(cutText('abcdef', 5)).toBe('abcd…')
    expect(cutText('ab  cdef', 5)).toBe('ab…')
  })

  it('counts an emoji as its limit does, and never splits one', () => {
    expect(cutText('😀😀😀', 3)).toBe('😀😀😀')
    expect(cutText('😀😀😀', 3, utf16Units)).toBe('😀…')
    expect(cutText('😀😀😀', 11, utf8Bytes)).toBe('😀😀…')
  })

  it('does not split a letter from its combining marks', () => {
    expect(cutText('ae\u0300\u0301xy', 4)).toBe('a…')
  })

  it.each(measures)('keeps a limit of %s, whatever the text', (_name, measure) => {
    fc.assert(
      fc.property(hostile, max, (text, limit) => {
        const cut = cutText(text.toWellFormed(), limit, measure)
        expect(measure(cut)).toBeLessThanOrEqual(limit)
        expect(cut.isWellFormed()).toBe(true)
      }),
    )
  })
})

describe('fitList', () => {
  it('says how many items are omitted', () => {
    expect(fitList(['one', 'two', 'three'], { max: 13 })).toStrictEqual(['one', 'two', 'three'])
    expect(fitList(['one', 'two', 'three', 'four', 'five'], { max: 18 })).toStrictEqual(['one', 'two', 'and 3 more'])
    expect(fitList(['one', 'two', 'three'], { max: 100, maxItems: 2 })).toStrictEqual(['one', 'and 2 more'])
  })

  it('cuts the first item if it alone is too long', () => {
    expect(fitList(['a'.repeat(50), 'two'], { max: 20 })).toStrictEqual([`${'a'.repeat(8)}…`, 'and 1 more'])
    expect(fitList(['a'.repeat(50)], { max: 5 })).toStrictEqual(['aaaa…'])
  })

  it.each(measures)('keeps a limit of %s, and shows or counts every item', (_name, measure) => {
    fc.assert(
      fc.property(
        fc.array(hostile, { minLength: 1, maxLength: 9 }),
        fc.integer({ min: 20, max: 200 }),
        (items, limit) => {
          const fitted = fitList(items, { max: limit, measure })
          expect(measure(fitted.join('\n'))).toBeLessThanOrEqual(limit)
          const left = Number(/^and (\d+) more$/.exec(fitted.at(-1) ?? '')?.[1] ?? NaN)
          expect(Number.isNaN(left) ? fitted.length : fitted.length - 1 + left).toBe(items.length)
        },
      ),
    )
  })
})
