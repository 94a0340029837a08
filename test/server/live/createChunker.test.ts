import { describe, expect, it } from 'vitest'
import { createChunker } from '../../../src/server/live/createChunker.js'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const text = (chunks: Iterable<Uint8Array>): readonly string[] =>
  [...chunks].map((chunk) => new TextDecoder().decode(chunk))

const [a, b, c, d] = [bytes('a'), bytes('b'), bytes('c'), bytes('d')]

describe('frames', () => {
  it('are joined up to a size; a large one stays separate, and is shared by all clients', () => {
    const chunksOf = createChunker()
    const large = bytes('ä'.repeat(70_000))
    const chunks = [...chunksOf([a, b, large, c, d])]
    expect(text(chunks)).toStrictEqual(['ab', 'ä'.repeat(70_000), 'cd'])
    expect(chunks[1]).toBe(large)
    expect(text(chunksOf([]))).toStrictEqual([])
    const small = Array.from({ length: 20 }, () => bytes('x'.repeat(7_000)))
    expect([...chunksOf(small)].map(({ length }) => length)).toStrictEqual([63_000, 63_000, 14_000])
  })

  it('are joined once for all clients with the same filter', () => {
    const chunksOf = createChunker()
    const filters = Array.from({ length: 8 }, (_, index) => [a, bytes(`b${index}`)])
    const first = filters.map((frames) => [...chunksOf(frames)][0])
    const again = filters.map((frames) => [...chunksOf([...frames])][0])
    expect(again.every((chunk, index) => chunk === first[index])).toBe(true)
    expect(text(chunksOf([a]))).toStrictEqual(['a'])
    expect(text(chunksOf([a, b, c]))).toStrictEqual(['abc'])
  })

  it('of a long list are not kept, and are joined one chunk at a time', () => {
    const chunksOf = createChunker()
    const frames = Array.from({ length: 20 }, (_, index) => bytes(String(index % 10).repeat(60_000)))
    const chunks = chunksOf(frames)
    expect(Array.isArray(chunks)).toBe(false)
    // Every client is given the identical frames.
    expect([...chunks].every((chunk, index) => chunk === frames[index])).toBe(true)
  })
})
