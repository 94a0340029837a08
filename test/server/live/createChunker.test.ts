import { describe, expect, it } from 'vitest'
import { createEncoder } from '../../../src/server/live/createEncoder.js'

const text = (parts: Iterable<Uint8Array>): readonly string[] =>
  [...parts].map((part) => new TextDecoder().decode(part))

describe('frames', () => {
  it('are joined up to a length; a longer one stays separate', () => {
    const encode = createEncoder()
    const long = 'ä'.repeat(70_000)
    expect(text(encode(['a', 'b', long, 'c', 'd']))).toStrictEqual(['ab', long, 'cd'])
    expect(text(encode([]))).toStrictEqual([])
  })

  it('are encoded once for all clients with the same filter', () => {
    const encode = createEncoder()
    const filters = Array.from({ length: 8 }, (_, index) => ['a', `b${index}`])
    const first = filters.map((frames) => [...encode(frames)][0])
    expect(filters.map((frames) => [...encode([...frames])][0] === first[filters.indexOf(frames)])).not.toContain(false)
    expect(text(encode(['a']))).toStrictEqual(['a'])
    expect(text(encode(['a', 'b0', 'c']))).toStrictEqual(['ab0c'])
  })

  it('of a client far behind are not cached, and are encoded one by one', () => {
    const encode = createEncoder()
    const frames = Array.from({ length: 20 }, (_, index) => String(index).repeat(60_000))
    const parts = encode(frames)
    expect(Array.isArray(parts)).toBe(false)
    expect(text(parts)).toStrictEqual(frames)
  })
})
