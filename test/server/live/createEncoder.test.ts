import { describe, expect, it } from 'vitest'
import { createEncoder } from '../../../src/server/live/createEncoder.js'

const text = (parts: Iterable<Uint8Array>): readonly string[] =>
  [...parts].map((part) => new TextDecoder().decode(part))

describe('frames', () => {
  it('are handed over together, up to a length; a longer one stands alone', () => {
    const encode = createEncoder()
    const long = 'ä'.repeat(70_000)
    expect(text(encode(['a', 'b', long, 'c', 'd']))).toStrictEqual(['ab', long, 'cd'])
    expect(text(encode([]))).toStrictEqual([])
  })

  it('are encoded once, however many ask for the same, also by several filters in turn', () => {
    const encode = createEncoder()
    const filters = Array.from({ length: 8 }, (_, index) => ['a', `b${index}`])
    const first = filters.map((frames) => [...encode(frames)][0])
    expect(filters.map((frames) => [...encode([...frames])][0] === first[filters.indexOf(frames)])).not.toContain(false)
    expect(text(encode(['a']))).toStrictEqual(['a'])
    expect(text(encode(['a', 'b0', 'c']))).toStrictEqual(['ab0c'])
  })

  it('of somebody who has missed much are not held for others, and made one after the other', () => {
    const encode = createEncoder()
    const frames = Array.from({ length: 20 }, (_, index) => String(index).repeat(60_000))
    const parts = encode(frames)
    expect(Array.isArray(parts)).toBe(false)
    expect(text(parts)).toStrictEqual(frames)
  })
})
