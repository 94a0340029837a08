import { describe, expect, it } from 'vitest'
import { sharesOf } from '../../src/server/newestOf.js'

describe('the share of each chain', () => {
  it.each([
    [[], 10, []],
    [[3, 4], 10, [3, 4]],
    [[100, 100], 10, [5, 5]],
    [[100, 2, 100], 10, [4, 2, 4]],
    [[0, 100], 10, [0, 10]],
    [[9, 9, 9], 2, [1, 1, 0]],
  ])('of those that need %j of %d is %j', (needs, limit, shares) => {
    expect(sharesOf(needs, limit)).toStrictEqual(shares)
  })
})
