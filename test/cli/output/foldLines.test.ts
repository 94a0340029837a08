import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { displayWidth } from '../../../src/cli/output/displayWidth.js'
import { wrapText } from '../../../src/cli/output/wrapText.js'
import { foldLines } from '../../../src/cli/output/foldLines.js'

describe('foldLines', () => {
  it('breaks a line between words, and indents the continuation', () => {
    expect(foldLines('one two three four\n  five six seven', 12).split('\n')).toStrictEqual([
      'one two',
      '  three four',
      '  five six',
      '    seven',
    ])
  })

  it('indents the continuation by the given width', () => {
    expect(foldLines('Status     voting, and more', 20, 11)).toBe('Status     voting,\n           and more')
  })

  it('keeps the indents of a wrapped text', () => {
    expect(wrapText('{\n  "name": "v2",\n    "a-long-word": 1\n}', 10)).toBe(
      '{\n  "name":\n"v2",\n    "a-long-word":\n1\n}',
    )
  })

  it('leaves a line that fits, or is not for a terminal, unchanged', () => {
    expect(foldLines('  a  b', 6)).toBe('  a  b')
    expect(foldLines('word '.repeat(1_000), Infinity)).toBe('word '.repeat(1_000))
  })

  it('leaves no line wider than the terminal except a single word, and loses no word', () => {
    const words = fc.array(fc.stringMatching(/^[a-zé漢]{1,12}$/u), { minLength: 1, maxLength: 60 })
    fc.assert(
      fc.property(words, fc.integer({ min: 30, max: 120 }), fc.integer({ min: 0, max: 6 }), (given, width, indent) => {
        const folded = foldLines(`${' '.repeat(indent)}${given.join(' ')}`, width)
        expect(Math.max(...folded.split('\n').map(displayWidth))).toBeLessThanOrEqual(width)
        expect(folded.split(/\s+/).filter(Boolean)).toStrictEqual(given)
      }),
    )
  })
})
