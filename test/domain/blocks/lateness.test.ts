import { describe, expect, it } from 'vitest'
import { absenceOf, latenessOf } from '../../../src/domain/blocks/lateness.js'
import { block, genesis } from '../../support/builders.js'

const at = (number: number, second = number) => ({ number: BigInt(number), timestamp: genesis + BigInt(second) })

describe('latenessOf', () => {
  it.each([
    ['zero for a height that is ahead', 120n, { head: block(110) }, 0],
    ['zero for the head', 110n, { head: block(110) }, 0],
    ['estimated from the pace', 100n, { head: block(110), blockTime: { samples: [at(105), at(110)] } }, 10_000],
    [
      'exact if the block itself was read',
      100n,
      { head: block(110), blockTime: { samples: [at(99), at(100, 107), at(110)] } },
      3_000,
    ],
    [
      'at most the time since a block below it',
      100n,
      { head: block(110), blockTime: { samples: [at(97, 104), at(98, 108), at(110)] } },
      2_000,
    ],
    ['undefined without a pace', 100n, { head: block(110) }, undefined],
  ])('is %s', (_, height, clock, expected) => {
    expect(latenessOf(height, clock)).toBe(expected)
  })
})

describe('absenceOf', () => {
  const caughtUpAt = { head: 100n, time: 0 }

  it.each([
    ['the host time if the chain time is longer', { samples: [at(100), at(130)] }, 20_000, 20_000],
    ['the chain time if the host clock was set ahead', { samples: [at(100), at(130)] }, 4e9, 30_000],
    ['the host time if no block from before is known', { samples: [at(130)] }, 4e9, 4e9],
  ])('is %s', (_, blockTime, hostTime, expected) => {
    expect(absenceOf({ head: block(130), blockTime, hostTime, caughtUpAt })).toBe(expected)
  })
})
