import { defined } from '../defined.js'
import type { Tally } from '../proposals/proposal.js'
import type { TallyData } from './events/proposalData.js'

/** Converts a tally to JSON: counts are strings, unknown values `null`. */
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
  quorumCounts,
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
    quorumCounts: quorumCounts ?? null,
    threshold: threshold ?? null,
    thresholdMet: thresholdMet ?? null,
    turnout: turnout ?? null,
  }
}

/** Converts the JSON back to a tally. */
export function tallyOf({ unit, ...data }: TallyData): Tally {
  const count = (text: string | null): bigint | undefined => (text === null ? undefined : BigInt(text))
  return {
    yes: BigInt(data.yes),
    no: BigInt(data.no),
    abstain: BigInt(data.abstain),
    unit,
    ...defined({
      veto: count(data.veto),
      decimals: data.decimals ?? undefined,
      quorum: count(data.quorum),
      quorumMissing: count(data.quorumMissing),
      quorumReached: data.quorumReached ?? undefined,
      quorumCounts: 'quorumCounts' in data ? (data.quorumCounts ?? undefined) : undefined,
      threshold: data.threshold ?? undefined,
      thresholdMet: data.thresholdMet ?? undefined,
      turnout: data.turnout ?? undefined,
    }),
  }
}
