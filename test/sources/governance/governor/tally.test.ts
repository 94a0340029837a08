import { describe, expect, it } from 'vitest'
import { statusByClock, statusOf } from '../../../../src/sources/governance/governor/toProposal.js'
import { quorumRuleOf, tallyOf } from '../../../../src/sources/governance/governor/tally.js'

describe('the tally', () => {
  const counts = { yes: 60n, no: 30n, abstain: 10n }

  it('counts towards the quorum according to the counting mode', () => {
    const reached = (mode: string | undefined, quorum: bigint) =>
      tallyOf(counts, { quorumRule: quorumRuleOf(mode), quorum }).quorumReached
    expect(reached('support=bravo&quorum=for,abstain', 70n)).toBe(true)
    expect(reached('support=bravo&quorum=for,abstain', 71n)).toBe(false)
    expect(reached('support=bravo&quorum=bravo', 61n)).toBe(false)
    expect(reached(undefined, 60n)).toBe(true)
    expect(reached('support=bravo&quorum=against,for,abstain&params=fractional', 100n)).toBe(true)
    expect(reached('support=stars&quorum=moon', 1n)).toBeUndefined()
    expect(reached('nonsense', 1n)).toBeUndefined()
  })

  it('has the number of votes missing for the quorum if it is known which ones count', () => {
    const missing = (mode: string | undefined, quorum: bigint) =>
      tallyOf(counts, { quorumRule: quorumRuleOf(mode), quorum }).quorumMissing
    expect(missing('support=bravo&quorum=for,abstain', 100n)).toBe(30n)
    expect(missing('support=bravo&quorum=for,abstain', 70n)).toBe(0n)
    expect(missing('nonsense', 100n)).toBeUndefined()
  })

  it('lists the votes that count towards the quorum in the order of the tally', () => {
    const counted = (mode: string | undefined) =>
      tallyOf(counts, { quorumRule: quorumRuleOf(mode), quorum: 1n }).quorumCounts
    expect(counted('support=bravo&quorum=abstain,for')).toStrictEqual(['yes', 'abstain'])
    expect(counted('support=bravo&quorum=bravo')).toStrictEqual(['yes'])
    expect(counted('quorum=against,for,abstain')).toStrictEqual(['yes', 'no', 'abstain'])
    expect(counted('nonsense')).toBeUndefined()
    expect(tallyOf(counts, { quorumRule: quorumRuleOf(undefined) }).quorumCounts).toBeUndefined()
  })

  it('leaves out what is not known', () => {
    expect(tallyOf(counts, {})).toStrictEqual({ ...counts, unit: 'votes', threshold: 0.5, thresholdMet: true })
  })

  it('has the turnout as a share, and a tie does not meet the threshold', () => {
    expect(tallyOf(counts, { electorate: 400n })).toMatchObject({ electorate: 400n, turnout: 0.25 })
    expect(tallyOf(counts, { electorate: 0n }).turnout).toBeUndefined()
    expect(tallyOf({ yes: 1n, no: 1n, abstain: 0n }, {}).thresholdMet).toBe(false)
  })
})

describe('the status', () => {
  const head = { number: 10n, hash: '0x', parentHash: '0x', timestamp: 1_000n }

  it('by the clock: voting opens after the start and closes after the end', () => {
    const at = (votingStart: bigint, votingEnd: bigint) =>
      statusByClock({ clock: 'block', votingStart, votingEnd }, head)?.status
    expect([at(10n, 20n), at(9n, 20n), at(5n, 10n), at(5n, 9n)]).toStrictEqual([
      'submitted',
      'voting',
      'voting',
      undefined,
    ])
    expect(statusByClock({ clock: 'timestamp', votingStart: 999n, votingEnd: 1_000n }, head)?.status).toBe('voting')
  })

  it('by the contract: derived only if there is no event for it', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 7].map((state) => statusOf(state))).toStrictEqual([
      { status: 'submitted', derived: false },
      { status: 'voting', derived: false },
      { status: 'canceled', derived: false },
      { status: 'rejected', derived: true },
      { status: 'passed', derived: false },
      { status: 'queued', derived: false },
      { status: 'expired', derived: true },
      { status: 'executed', derived: false },
    ])
    expect([8, 9, 10].map(statusOf)).toMatchObject([
      { status: 'canceled' },
      { status: 'voting' },
      { status: 'submitted' },
    ])
    expect([statusOf(11), statusOf('1'), statusOf(undefined)]).toStrictEqual([undefined, undefined, undefined])
  })
})
