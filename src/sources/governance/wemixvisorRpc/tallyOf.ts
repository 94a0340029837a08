import { isActive, type ProposalStatus, type Tally } from '../../../domain/proposals/proposal.js'
import { one, shareOf } from '../cosmos/decimals.js'
import { votesOf } from '../cosmos/decodeProposal.js'
import type { Rules } from './decodeParams.js'

/**
 * The count of votes in `final_tally_result`; `undefined` where it is none, or is not final yet: all zeroes while
 * the vote goes on. The quorum is a share of an electorate that the dialect does not tell, so it is absent.
 */
export function tallyOf(
  value: unknown,
  status: ProposalStatus,
  { threshold, vetoThreshold }: Rules,
): Tally | undefined {
  const votes = votesOf(value)
  if (votes === undefined) return undefined
  const { yes, no, abstain, veto } = votes
  const cast = yes + no + abstain + veto
  if (cast === 0n && isActive({ status })) return undefined
  const counted = cast - abstain
  const isVetoed = vetoThreshold !== undefined && cast > 0n && veto * one > vetoThreshold * cast
  return {
    yes,
    no,
    abstain,
    veto,
    unit: 'votes',
    ...(threshold !== undefined && {
      threshold: shareOf(threshold, one),
      thresholdMet: !isVetoed && counted > 0n && yes * one > threshold * counted,
    }),
  }
}
