import { describe, expect, it } from 'vitest'
import { redraw } from '../../../src/cli/output/redraw.js'

const synchronized = (text: string): string => `\u001b[?2026h${text}\u001b[?2026l`

describe('redraw', () => {
  it('writes only the changed lines, in one write', () => {
    expect(redraw(['a', 'b', 'c'], ['a', 'x', 'c'], 10)).toBe(synchronized('\u001b[2;1Hx\u001b[K'))
  })

  it('writes nothing if nothing changed', () => {
    expect(redraw(['a', 'b'], ['a', 'b'], 10)).toBe('')
  })

  it('clears removed lines', () => {
    expect(redraw(['a', 'b'], ['a'], 10)).toBe(synchronized('\u001b[2;1H\u001b[K'))
  })

  it('clears before a line that fills the width, because clearing after it would erase its last character', () => {
    expect(redraw([''], ['abc'], 3)).toBe(synchronized('\u001b[1;1H\u001b[2Kabc'))
  })

  it('clears the screen at first', () => {
    expect(redraw(undefined, ['a'], 10)).toBe(synchronized('\u001b[2J\u001b[1;1Ha\u001b[K'))
  })
})
