import { describe, expect, it } from 'vitest'
import { type CouncilRule, councilStanding, mayVoteOn, ownVotes } from '../../../src/domain/proposals/attendance.js'
import { tally } from '../../support/builders.js'

const standing = (yes: bigint, no: bigint, council: CouncilRule, missing: readonly string[]) =>
  councilStanding({ tally: tally(yes, { no }), council, attendance: { voted: [], missing } })

describe('councilStanding', () => {
  // Five members, of which three must approve: three rejections leave two.
  const five = { weight: 1n, passesAt: 3n, failsAt: 3n }

  it('counts the votes that are missing to pass and to fail', () => {
    expect(standing(2n, 1n, five, ['a', 'b'])).toMatchObject({ toPass: 1, toFail: 2 })
    expect(standing(0n, 0n, five, ['a', 'b', 'c', 'd', 'e'])).toMatchObject({ toPass: 3, toFail: 3 })
  })

  it('omits an outcome that the missing members cannot bring about', () => {
    expect(standing(2n, 2n, five, ['a'])).toMatchObject({ toPass: 1, toFail: 1 })
    const lost = standing(0n, 2n, five, ['a'])
    expect(lost).toMatchObject({ toFail: 1 })
    expect(lost).not.toHaveProperty('toPass')
  })

  it('counts by weight: of three members with 3,333 of 10,000 each, two decide', () => {
    const three = { weight: 3_333n, passesAt: 5_001n, failsAt: 5_001n }
    expect(standing(3_333n, 0n, three, ['a', 'b'])).toMatchObject({ toPass: 1, toFail: 2 })
  })

  it('counts the last vote as deciding if the vote ends when all have voted', () => {
    const four = { weight: 2_500n, passesAt: 5_001n, failsAt: 5_001n, endsAt: 10_000n }
    expect(standing(5_000n, 2_500n, four, ['a'])).toMatchObject({ toPass: 1, toFail: 1 })
    expect(standing(2_500n, 2_500n, four, ['a', 'b'])).toMatchObject({ toPass: 2, toFail: 2 })
    // Of six members with shares rounded down, all may have voted without a decision.
    const six = { ...four, weight: 1_666n }
    expect(standing(4_998n, 3_332n, six, ['a'])).not.toHaveProperty('toFail')
  })

  it('is undefined without members, a rule, counts or weights', () => {
    const attendance = { voted: [], missing: ['a'] }
    expect(councilStanding({ tally: tally(0n), council: five })).toBeUndefined()
    expect(councilStanding({ tally: tally(0n), attendance })).toBeUndefined()
    expect(councilStanding({ council: five, attendance })).toBeUndefined()
    expect(standing(0n, 0n, { ...five, weight: 0n }, ['a'])).toBeUndefined()
  })
})

describe('ownVotes', () => {
  it('are cast, missing or unknown, in any letter case', () => {
    expect(ownVotes({ voted: ['0xAB'], missing: ['0xCD'] }, ['0xab', '0xcd', '0xef'])).toStrictEqual([
      { address: '0xab', vote: 'voted' },
      { address: '0xcd', vote: 'not_voted' },
      { address: '0xef', vote: 'unknown' },
    ])
    expect(ownVotes(undefined, ['0xab'])).toStrictEqual([{ address: '0xab', vote: 'unknown' }])
  })
})

describe('mayVoteOn', () => {
  const council: CouncilRule = { weight: 1n, passesAt: 3n, failsAt: 3n }

  it('lets only members of a council vote, in any letter case, once they are known', () => {
    const attendance = { voted: ['0xAB'], missing: ['0xcd'] }
    expect(['0xab', '0xCD', '0xef'].map((voter) => mayVoteOn(voter, { attendance, council }))).toStrictEqual([
      true,
      true,
      false,
    ])
    expect(mayVoteOn('0xef', { council })).toBe(true)
  })

  it.each([
    ['an account of the same Cosmos chain', 'cosmos1abc', { proposer: 'cosmos1xyz' }, true],
    ['an account of another Cosmos chain', 'osmo1abc', { proposer: 'cosmos1xyz' }, false],
    [
      'an account of another chain than those that voted',
      'osmo1abc',
      { attendance: { voted: ['cosmos1xyz'], missing: [] } },
      false,
    ],
    ['an account whose chain is not known', 'osmo1abc', {}, true],
    ['an EVM account', '0xab1cd', { proposer: 'cosmos1xyz' }, true],
  ])('%s: %s with %j', (_what, voter, known, may) => {
    expect(mayVoteOn(voter, known)).toBe(may)
  })
})
