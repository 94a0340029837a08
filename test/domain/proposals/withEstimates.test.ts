import { describe, expect, it } from 'vitest'
import { emptyBlockTime } from '../../../src/domain/blocks/blockTime.js'
import { withEstimates } from '../../../src/domain/proposals/withEstimates.js'
import { block, genesis, proposal, steadyPace } from '../../support/builders.js'

const at100 = { head: block(100), blockTime: steadyPace(100) }

describe('withEstimates', () => {
  it('estimates the times of the blocks of a vote, past and future, at the measured pace', () => {
    expect(withEstimates(proposal('1', { votingStart: 90n, votingEnd: 160n }), at100)).toMatchObject({
      votingStartsAt: genesis + 90n,
      votingStartsAtEstimated: true,
      votingEndsAt: genesis + 160n,
      votingEndsAtEstimated: true,
    })
  })

  it('keeps known times, and votes that count in seconds', () => {
    expect(
      withEstimates(proposal('1', { votingStart: 90n, votingEnd: 160n, votingStartsAt: 7n }), at100),
    ).toMatchObject({ votingStartsAt: 7n })
    const timed = proposal('1', { clock: 'timestamp', votingStart: 90n, votingEnd: 160n })
    expect(withEstimates(timed, at100)).toBe(timed)
  })

  it('starts no vote before it was submitted', () => {
    expect(withEstimates(proposal('1', { votingStart: 90n, submittedAt: genesis + 95n }), at100)).toMatchObject({
      votingStartsAt: genesis + 95n,
    })
  })

  it('sets no time before the pace is known', () => {
    expect(withEstimates(proposal('1'), { ...at100, blockTime: emptyBlockTime })).not.toHaveProperty('votingEndsAt')
    expect(withEstimates(proposal('1'), { blockTime: emptyBlockTime })).not.toHaveProperty('votingEndsAt')
  })
})
