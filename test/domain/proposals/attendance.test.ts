import { describe, expect, it } from 'vitest'
import { type CouncilRule, councilStanding, ownVotes } from '../../../src/domain/proposals/attendance.js'
import { tally } from '../../support/builders.js'

const standing = (yes: bigint, no: bigint, council: CouncilRule, missing: readonly string[]) =>
  councilStanding({ tally: tally(yes, { no }), council, attendance: { voted: [], missing } })

describe('what a council still needs', () => {
  // Five members, of which three must approve: three rejections leave two.
  const five = { weight: 1n, passesAt: 3n, failsAt: 3n }

  it('is as many votes as pass it, and as many as end it', () => {
    expect(standing(2n, 1n, five, ['a', 'b'])).toMatchObject({ toPass: 1, toFail: 2 })
    expect(standing(0n, 0n, five, ['a', 'b', 'c', 'd', 'e'])).toMatchObject({ toPass: 3, toFail: 3 })
  })

  it('is said of no outcome that those who are missing cannot bring about', () => {
    expect(standing(2n, 2n, five, ['a'])).toMatchObject({ toPass: 1, toFail: 1 })
    const lost = standing(0n, 2n, five, ['a'])
    expect(lost).toMatchObject({ toFail: 1 })
    expect(lost).not.toHaveProperty('toPass')
  })

  it('counts by the weight of a vote: of three members with 3,333 of 10,000 each two decide', () => {
    const three = { weight: 3_333n, passesAt: 5_001n, failsAt: 5_001n }
    expect(standing(3_333n, 0n, three, ['a', 'b'])).toMatchObject({ toPass: 1, toFail: 2 })
  })

  it('is the last vote of all, where a vote that everybody has cast is over', () => {
    const four = { weight: 2_500n, passesAt: 5_001n, failsAt: 5_001n, endsAt: 10_000n }
    expect(standing(5_000n, 2_500n, four, ['a'])).toMatchObject({ toPass: 1, toFail: 1 })
    expect(standing(2_500n, 2_500n, four, ['a', 'b'])).toMatchObject({ toPass: 2, toFail: 2 })
    // Of six members, whose shares are rounded down, all may have voted and nothing is decided.
    const six = { ...four, weight: 1_666n }
    expect(standing(4_998n, 3_332n, six, ['a'])).not.toHaveProperty('toFail')
  })

  it('is not known where its members, its rule or its counts are not', () => {
    const attendance = { voted: [], missing: ['a'] }
    expect(councilStanding({ tally: tally(0n), council: five })).toBeUndefined()
    expect(councilStanding({ tally: tally(0n), attendance })).toBeUndefined()
    expect(councilStanding({ council: five, attendance })).toBeUndefined()
    expect(standing(0n, 0n, { ...five, weight: 0n }, ['a'])).toBeUndefined()
  })
})

describe('the votes of ours', () => {
  it('are cast, missing or not known, in any case of letters', () => {
    expect(ownVotes({ voted: ['0xAB'], missing: ['0xCD'] }, ['0xab', '0xcd', '0xef'])).toStrictEqual([
      { address: '0xab', vote: 'voted' },
      { address: '0xcd', vote: 'not_voted' },
      { address: '0xef', vote: 'unknown' },
    ])
    expect(ownVotes(undefined, ['0xab'])).toStrictEqual([{ address: '0xab', vote: 'unknown' }])
  })
})
