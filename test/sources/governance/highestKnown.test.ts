import { describe, expect, it } from 'vitest'
import { highestKnown } from '../../../src/sources/governance/highestKnown.js'

const ids = (from: number, to: number): readonly bigint[] =>
  Array.from({ length: to - from + 1 }, (_, index) => BigInt(from + index))

describe('the highest id that enough nodes know', () => {
  it.for([
    ['is the last one, which alone is asked about', ids(1, 50), 0n, 50n, { id: 50n, isLast: true }, 1],
    ['is one below those that nobody knows', [3n, 1n, 2n, 90n], 0n, 3n, { id: 3n, isLast: false }, 4],
    ['is the one before if none is known', [5n, 90n], 4n, 4n, { id: 4n, isLast: false }, 2],
    ['is the one before if there is no new one', [1n, 4n], 4n, 4n, { id: 4n, isLast: true }, 0],
    ['is searched for in a sample of a long list', ids(5, 500), 4n, 300n, { id: 251n, isLast: false }, 9],
  ] as const)('%s', async ([_what, reported, before, real, found, questions]) => {
    const asked: bigint[] = []
    const known = await highestKnown(reported, before, (id) => {
      asked.push(id)
      return Promise.resolve(id <= real)
    })
    expect([known, asked.length]).toStrictEqual([found, questions])
  })

  it('is the one before if too few nodes answer, which are not asked about the others, too', async () => {
    const asked: bigint[] = []
    const known = await highestKnown(ids(5, 50), 4n, (id) => {
      asked.push(id)
      return Promise.resolve(undefined)
    })
    expect([known, asked]).toStrictEqual([{ id: 4n, isLast: undefined }, [50n]])
  })
})
