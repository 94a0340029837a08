import { describe, expect, it } from 'vitest'
import { cutToWidth, displayWidth } from '../../../src/cli/output/displayWidth.js'

describe('displayWidth', () => {
  it.each([
    ['ascii', 5],
    ['升级', 4],
    ['🚀', 2],
    ['e\u0301', 1],
    ['👩‍👩‍👧', 2],
    ['ｱﾞ', 2],
    ['⚠️', 2],
    ['ก็', 1],
    ['가', 2],
    ['…', 1],
  ])('of %s is %i', (text, width) => {
    expect(displayWidth(text)).toBe(width)
  })
})

describe('cutToWidth', () => {
  it.each([
    ['as it is', 8, 'as it is'],
    ['a little long', 9, 'a little…'],
    ['升级升级', 6, '升级…'],
    ['升级升级', 5, '升级…'],
    ['ab👩‍👩‍👧cd', 4, 'ab…'],
  ])('cuts %s to %i', (text, width, shown) => {
    expect(cutToWidth(text, width)).toBe(shown)
  })
})
