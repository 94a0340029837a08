import { describe, expect, it } from 'vitest'
import type { PlanStanding } from '../../src/domain/plans/plan.js'
import { keyOf } from '../../src/domain/proposals/proposal.js'
import type { Reading } from '../../src/domain/reading.js'
import { reading, upgradeProposal } from '../support/builders.js'
import { run, told } from './diffProposalsGiven.js'

describe('the standing of a plan on the chain', () => {
  const passed = upgradeProposal('1', 'v2', 100, { status: 'passed', carriedOut: true })
  const verdict = (standing: PlanStanding, name = 'v2') => ({
    standings: [{ key: keyOf(passed), name, height: 100, ...standing }],
  })
  const findingAfter = (...readings: readonly Reading[]) => {
    return run(readings).at(-1)?.state.proposals.get(keyOf(passed))?.finding
  }

  it('is kept if the proposal is not read again, or a reading says nothing of it', () => {
    expect(
      findingAfter(reading(10, [passed]), reading(11, [], verdict({ withdrawn: 'Off.' })), reading(12)),
    ).toMatchObject({ plan: { name: 'v2' }, withdrawn: 'Off.' })
  })

  it('can be revoked or replaced by a later one', () => {
    expect(
      findingAfter(
        reading(10, [passed]),
        reading(11, [], verdict({ unsure: 'Who knows.' })),
        reading(12, [], verdict({ applied: 100n })),
      ),
    ).toStrictEqual({ ...passed.finding, applied: 100n })
    expect(
      findingAfter(
        reading(10, [passed]),
        reading(11, [], verdict({ withdrawn: 'Off.' })),
        reading(12, [], verdict({})),
      ),
    ).toStrictEqual(passed.finding)
  })

  it('is reported once, as an edit of the plan', () => {
    expect(
      told([
        reading(10, [passed]),
        reading(11, [], verdict({ withdrawn: 'Off.' })),
        reading(12, [], verdict({ withdrawn: 'Off.' })),
      ]),
    ).toStrictEqual([['there was 1 passed'], ['planEdited 1'], []])
  })

  it('is ignored for another plan or an unknown proposal', () => {
    expect(findingAfter(reading(10, [passed]), reading(11, [], verdict({ withdrawn: 'Off.' }, 'v3')))).toStrictEqual(
      passed.finding,
    )
    expect(findingAfter(reading(10), reading(11, [], verdict({ withdrawn: 'Off.' })))).toBeUndefined()
  })

  it('does not bring back a proposal that the same reading removes', () => {
    const removed = reading(11, [], { ...verdict({}), retracted: [keyOf(passed)] })
    expect(told([reading(10, [passed]), removed])).toStrictEqual([['there was 1 passed'], ['proposalRetracted 1']])
    expect(findingAfter(reading(10, [passed]), removed)).toBeUndefined()
  })
})
