import { describe, expect, it } from 'vitest'
import { blockProblem } from '../../../src/domain/blocks/blockProblem.js'
import { block, genesis, steadyPace } from '../../support/builders.js'

const known = { head: block(100), blockTime: steadyPace(100) }

describe('blockProblem', () => {
  it.each([
    ['accepts the block of the height', block(95), undefined],
    ['accepts a time that is slightly off', block(95, { timestamp: genesis + 3_000n }), undefined],
    ['rejects a block of another height', block(96), /block 96 for block 95/],
    ['rejects a block without a hash', block(95, { hash: `0x${'0'.repeat(64)}` }), /without a hash/],
    [
      'rejects a time far after the blocks above it',
      block(95, { timestamp: genesis + 4_000n }),
      /2023-11-14T23:20:00\.000Z as the time of block 95/,
    ],
    ['rejects a time far before the blocks below it', block(95, { timestamp: 5n }), /1970-01-01T00:00:05\.000Z/],
  ])('%s', (_, given, expected) => {
    const problem = blockProblem(given, 95n, known)
    if (expected === undefined) expect(problem).toBeUndefined()
    else expect(problem).toMatch(expected)
  })

  it('checks the time of a block above all known ones only against the block below it', () => {
    expect(blockProblem(block(200, { timestamp: genesis + 9_999_999n }), 200n, known)).toBeUndefined()
  })

  it('allows an hour to either side of a block known at the same height', () => {
    const isOdd = (height: number, timestamp: bigint): boolean =>
      blockProblem(block(height, { timestamp }), BigInt(height), known) !== undefined
    expect([isOdd(90, genesis + 90n - 3_600n), isOdd(90, genesis + 90n - 3_601n)]).toStrictEqual([false, true])
    expect([isOdd(95, genesis + 3_700n), isOdd(95, genesis + 3_701n)]).toStrictEqual([false, true])
  })
})
