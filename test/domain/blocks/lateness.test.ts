import { describe, expect, it } from 'vitest'
import { absenceOf, latenessOf } from '../../../src/domain/blocks/lateness.js'
import { block, genesis } from '../../support/builders.js'

const at = (number: number, second = number) => ({ number: BigInt(number), timestamp: genesis + BigInt(second) })

describe('latenessOf', () => {
  it.each([
    ['nothing for what is to come', 120n, { head: block(110) }, 0],
    ['nothing for the head', 110n, { head: block(110) }, 0],
    ['what the pace says', 100n, { head: block(110), blockTime: { samples: [at(105), at(110)] } }, 10_000],
    [
      'the time of the very block, where it was read',
      100n,
      { head: block(110), blockTime: { samples: [at(99), at(100, 107), at(110)] } },
      3_000,
    ],
    [
      'never more than since a block below it',
      100n,
      { head: block(110), blockTime: { samples: [at(97, 104), at(98, 108), at(110)] } },
      2_000,
    ],
    ['nothing that could be told without a pace', 100n, { head: block(110) }, undefined],
  ])('is %s', (_, height, clock, expected) => {
    expect(latenessOf(height, clock)).toBe(expected)
  })
})

describe('absenceOf', () => {
  const caughtUpAt = { head: 100n, time: 0 }

  it.each([
    ['what the host says, where the chain says more', { samples: [at(100), at(130)] }, 20_000, 20_000],
    ['what the chain says, where the clock of the host was set ahead', { samples: [at(100), at(130)] }, 4e9, 30_000],
    ['what the host says, where no block from before is known', { samples: [at(130)] }, 4e9, 4e9],
  ])('is %s', (_, blockTime, hostTime, expected) => {
    expect(absenceOf({ head: block(130), blockTime, hostTime, caughtUpAt })).toBe(expected)
  })
})
