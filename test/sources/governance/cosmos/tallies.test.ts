import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { GovProposal } from '../../../../src/sources/governance/cosmos/decode.js'
import { finalTally, liveTally } from '../../../../src/sources/governance/cosmos/toProposal.js'

const one = 10n ** 18n

describe('the tally of x/gov', () => {
  const votes = fc.record({
    yes: fc.bigInt(0n, 10n ** 15n),
    no: fc.bigInt(0n, 10n ** 15n),
    abstain: fc.bigInt(0n, 10n ** 15n),
    veto: fc.bigInt(0n, 10n ** 15n),
  })
  const rules = {
    unit: 'uatom',
    quorum: (one * 4n) / 10n,
    threshold: one / 2n,
    vetoThreshold: (one * 334n) / 1000n,
    bonded: 10n ** 15n,
  }

  it('counts abstentions for the quorum but not the threshold, and enough vetoes defeat any majority', () => {
    fc.assert(
      fc.property(votes, ({ yes, no, abstain, veto }) => {
        const cast = yes + no + abstain + veto
        const tally = liveTally({ yes, no, abstain, veto }, rules, false)
        expect(tally.quorumReached).toBe(cast * 10n >= 4n * 10n ** 15n)
        expect(tally.quorumReached).toBe(cast >= (tally.quorum ?? 0n))
        expect(cast + (tally.quorumMissing ?? -1n) >= (tally.quorum ?? 0n)).toBe(true)
        expect(tally.quorumMissing === 0n).toBe(tally.quorumReached)
        expect(tally.thresholdMet).toBe(yes * 2n > yes + no + veto && !(cast > 0n && veto * 1000n > 334n * cast))
      }),
    )
  })

  it('meets nothing without a vote', () => {
    expect(liveTally({ yes: 0n, no: 0n, abstain: 0n, veto: 0n }, rules, false)).toMatchObject({
      thresholdMet: false,
      quorumReached: false,
      turnout: 0,
    })
  })

  it('takes exactly half as not more than half, and exactly the veto share as not above it', () => {
    expect(liveTally({ yes: 5n, no: 5n, abstain: 0n, veto: 0n }, rules, false).thresholdMet).toBe(false)
    expect(liveTally({ yes: 666n, no: 0n, abstain: 0n, veto: 334n }, rules, false).thresholdMet).toBe(true)
    expect(liveTally({ yes: 665n, no: 0n, abstain: 0n, veto: 335n }, rules, false).thresholdMet).toBe(false)
  })

  it('leaves out what the chain does not report', () => {
    const none = { yes: 1n, no: 0n, abstain: 0n, veto: 0n }
    expect(liveTally(none, { unit: 'tokens' }, false)).toEqual({ ...none, unit: 'tokens' })
    expect(liveTally(none, { ...rules }, true)).not.toHaveProperty('thresholdMet')
    const { unit, threshold, vetoThreshold } = rules
    expect(liveTally(none, { unit, threshold }, false)).toEqual({ ...none, unit, threshold: 0.5 })
    expect(liveTally(none, { unit, vetoThreshold }, false)).toEqual({ ...none, unit })
    const over: GovProposal['status'] = 'rejected'
    expect(finalTally(none, 'uatom', over)).toEqual({ ...none, unit: 'uatom' })
  })
})
