import type { Tally } from '../proposals/proposal.js'
import type { TallyData } from './notificationData.js'

/** A tally in JSON: counts as text, `null` for what the chain does not say. */
export function tallyData({
  yes,
  no,
  abstain,
  veto,
  unit,
  decimals,
  quorum,
  quorumMissing,
  quorumReached,
  threshold,
  thresholdMet,
  turnout,
}: Tally): TallyData {
  return {
    yes: yes.toString(),
    no: no.toString(),
    abstain: abstain.toString(),
    veto: veto?.toString() ?? null,
    unit,
    decimals: decimals ?? null,
    quorum: quorum?.toString() ?? null,
    quorumMissing: quorumMissing?.toString() ?? null,
    quorumReached: quorumReached ?? null,
    threshold: threshold ?? null,
    thresholdMet: thresholdMet ?? null,
    turnout: turnout ?? null,
  }
}
