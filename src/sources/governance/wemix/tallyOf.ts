import type { Tally } from '../../../domain/proposals/proposal.js'
import type { Ballot } from './decodeBallot.js'

/** All votes of a chain together. One member has `10000 / members`, rounded down, at the time of its vote. */
export const wholePower = 10_000n

/** The tally of a ballot in shares of 10,000; `undefined` for one that was accepted without a vote. */
export function tallyOf({ state, totalVoters, accepts, rejects }: Ballot, threshold: bigint): Tally | undefined {
  if (state === 3n && totalVoters === 0n) return undefined
  return {
    yes: accepts,
    no: rejects,
    abstain: 0n,
    unit: 'bp',
    electorate: wholePower,
    // The chain asks for this many or more; a share is exclusive.
    threshold: Math.max(0, Number(threshold - 1n) / Number(wholePower)),
    thresholdMet: accepts >= threshold,
    turnout: Math.min(1, Number(accepts + rejects) / Number(wholePower)),
  }
}
