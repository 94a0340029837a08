import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { excerptOf } from '../../../src/domain/text/excerptOf.js'
import { hostile } from '../../support/hostile/hostileTexts.js'

describe('excerptOf', () => {
  it.each([
    ['the text after the title', 'Pay Bob', '# Pay Bob\n\nHe earned it.\nTwice.', 'He earned it. Twice.'],
    ['all of the text if it does not begin with the title', 'Pay Bob', 'He earned it.', 'He earned it.'],
    ['the rest after a truncated title', 'Pay B…', 'Pay Bob now', 'ob now'],
    ['nothing if the title is all', 'Pay Bob', '# Pay Bob', ''],
    ['no code block: a plan has its own line', 'Go', 'Go\n\n```upgrade-plan\n{"name":"v2"}\n```\nNow.', 'Now.'],
    ['the text after a title with markup', 'Use bold words', '\n# Use **bold** `words`\n\nWhy.', 'Why.'],
    [
      'all of a text that has lost its line breaks',
      'Pay *Bob',
      '# Pay \\*Bob ## Why He did.',
      'Pay \\*Bob ## Why He did.',
    ],
    ['the text after a title with a full stop', 'Pay Bob', 'Pay Bob.\n\nHe earned it.', 'He earned it.'],
    ['nothing of an unclosed block', 'Go', 'Why.\n~~~\n{"name":"v2"}', 'Why.'],
  ])('gives %s', (_, title, description, excerpt) => {
    expect(excerptOf({ title, description })).toBe(excerpt)
  })

  it('returns one line of at most 280 code points for any text', () => {
    fc.assert(
      fc.property(hostile, hostile, (title, description) => {
        const excerpt = excerptOf({ title, description })
        expect(Array.from(excerpt).length).toBeLessThanOrEqual(280)
        expect(excerpt).not.toContain('\n')
      }),
      { numRuns: 300 },
    )
  })
})
