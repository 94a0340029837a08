import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cleanLine, cleanText, hasInvisible } from '../../../src/domain/text/text.js'
import { hostile } from '../../support/hostile/hostileTexts.js'

// Written by hand, so that it does not repeat the pattern under test.
const forbidden =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/u

describe('cleanLine', () => {
  it.each([
    ['keeps plain text', 'Upgrade to v2', 'Upgrade to v2'],
    ['keeps letters of every script', 'Обновление 升級 ترقية 🔥', 'Обновление 升級 ترقية 🔥'],
    ['replaces white space by one space', '  a\t\tb\r\n\u00a0c\u2028d\u2800 ', 'a b c d'],
    ['drops controls', 'a\u0000b\u0007c\u007fd\u009fe', 'abcde'],
    ['drops colours', '\u001b[31;1mred\u001b[0m', 'red'],
    ['drops eight-bit terminal commands', '\u009b2Jgone', 'gone'],
    ['drops window titles and links of terminals', '\u001b]0;owned\u0007a\u001b]8;;http://x\u001b\\b', 'ab'],
    ['drops a broken terminal command only, not what follows', '\u001b]0;never closed', '0;never closed'],
    ['drops bidirectional controls', 'pay \u202e001\u202c to\u2066x\u2069\u061c\u200e\u200f', 'pay 001 tox'],
    ['drops characters without a width', 'v\u200b2\u200c.\u200d0\u2060\ufeff\u00ad', 'v2.0'],
    ['drops invisible fillers', 'v2\u3164\uffa0\u115f\u034f', 'v2'],
    ['drops hidden tags', `v2${String.fromCodePoint(0xe0041, 0xe007f)}`, 'v2'],
    ['splits emoji to drop the joiner', '👨‍👩‍👧 ❤️', '👨👩👧 ❤'],
    ['replaces half a surrogate pair', 'a\ud800b\udc00', 'a\ufffdb\ufffd'],
    ['composes letters', 'e\u0301', 'é'],
    ['limits the marks on a letter', `x${'\u0316'.repeat(50)}y`, `x${'\u0316'.repeat(8)}y`],
  ])('%s', (_, text, expected) => {
    expect(cleanLine(text, 100)).toBe(expected)
  })

  it.each([
    ['keeps what fits', 'abcde', 5, 'abcde'],
    ['counts the ellipsis', 'abcdef', 5, 'abcd…'],
    ['counts code points, not units', '😀😀😀', 3, '😀😀😀'],
    ['never splits a surrogate pair', '😀😀😀😀', 3, '😀😀…'],
    ['cuts before a letter with its marks', 'abx\u0316\u0317cd', 5, 'ab…'],
    ['cuts before an emoji with its colour', 'ab👍🏽cd', 4, 'ab…'],
    ['leaves no space before the ellipsis', 'abc defg', 5, 'abc…'],
    ['returns nothing for a limit of 0', 'abc', 0, ''],
  ])('%s', (_, text, max, expected) => {
    expect(cleanLine(text, max)).toBe(expected)
  })
})

describe('cleanText', () => {
  it('keeps lines and tabs, with any line end', () => {
    expect(cleanText('a\r\nb\rc\u2028d\u0085e\tf\n', 100)).toBe('a\nb\nc\nd\ne\tf')
  })

  it('keeps at most one empty line', () => {
    expect(cleanText('a\n\n\n\n\nb', 100)).toBe('a\n\nb')
  })
})

describe('hasInvisible', () => {
  it.each(['v\u200b2', 'v2\n', '\tv2', 'v2\u0000', 'v\ud8002', '\u202ev2', 'v2\ufe0f'])('finds %j', (text) => {
    expect(hasInvisible(text)).toBe(true)
  })

  it.each(['v2', 'v8-Rho', 'Обновление', 'v2 final', 'é'])('accepts %j', (text) => {
    expect(hasInvisible(text)).toBe(false)
  })
})

describe('cleanLine and cleanText', () => {
  const max = fc.integer({ min: 1, max: 60 })

  it('return well-formed text in form C, within its bound, without forbidden characters', () => {
    fc.assert(
      fc.property(hostile, max, (text, bound) => {
        for (const clean of [cleanLine(text, bound), cleanText(text, bound)]) {
          expect(clean).not.toMatch(forbidden)
          expect(clean.isWellFormed()).toBe(true)
          expect(clean).toBe(clean.normalize('NFC'))
          expect(Array.from(clean).length).toBeLessThanOrEqual(bound)
        }
        expect(cleanLine(text, bound)).not.toMatch(/[\n\t]/)
      }),
      { numRuns: 2_000 },
    )
  })

  it('return the same when applied twice', () => {
    fc.assert(
      fc.property(hostile, max, (text, bound) => {
        const line = cleanLine(text, bound)
        const lines = cleanText(text, bound)
        expect(cleanLine(line, bound)).toBe(line)
        expect(cleanText(lines, bound)).toBe(lines)
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('a megabyte', () => {
  // A quadratic step takes minutes on these; the bound is loose for slow machines.
  it.each([
    ['of letters', 'a'],
    ['of spaces', ' '],
    ['of line breaks', '\n'],
    ['of escapes', '\u001b'],
    ['of unfinished terminal commands', '\u001b[0'],
    ['of unfinished window titles', '\u001b]'],
    ['of unfinished commands of eight bits', '\u0090'],
    ['of marks that need sorting', '\u0316\u0301'],
    ['of emoji', '😀'],
    ['of half pairs', '\ud800'],
    ['of invisible characters', '\u200b'],
  ])('%s is cut to its bound', (_, part) => {
    const text = part.repeat(1_000_000 / part.length)
    expect(Array.from(cleanLine(text, 120)).length).toBeLessThanOrEqual(120)
    expect(Array.from(cleanText(text, 20_000)).length).toBeLessThanOrEqual(20_000)
  })
})
