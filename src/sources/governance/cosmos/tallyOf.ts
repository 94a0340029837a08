import type { Tally } from '../../../domain/proposals/proposal.js'
import { decimalOf, one, shareOf } from '../cosmosSdk/scalars.js'
import type { Votes } from '../cosmosSdk/proposalFields.js'
import type { GovProposal } from './decodeProposal.js'

/** What a vote is decided by: shares as SDK decimals times 10^18, tokens in the smallest unit. */
export interface GovRules {
  /** Denomination of the votes. */
  readonly unit: string
  readonly quorum?: bigint
  readonly threshold?: bigint
  readonly expeditedThreshold?: bigint
  readonly vetoThreshold?: bigint
  /** All bonded tokens: what could vote. */
  readonly bonded?: bigint
}

/**
 * The tally while the vote goes on, measured by x/gov's own rule: abstentions count for the quorum but not for the
 * threshold, and a veto share above its own threshold defeats everything.
 */
export function liveTally(
  { yes, no, abstain, veto }: Votes,
  { unit, quorum, bonded, vetoThreshold, ...rules }: GovRules,
  expedited: boolean,
): Tally {
  const threshold = expedited ? rules.expeditedThreshold : rules.threshold
  const cast = yes + no + abstain + veto
  const counted = cast - abstain
  const vetoed = vetoThreshold === undefined ? undefined : cast > 0n && veto * one > vetoThreshold * cast
  return {
    yes,
    no,
    abstain,
    veto,
    unit,
    ...(threshold !== undefined && { threshold: shareOf(threshold, one) }),
    ...(threshold !== undefined &&
      vetoed !== undefined && { thresholdMet: !vetoed && counted > 0n && yes * one > threshold * counted }),
    ...(bonded !== undefined && bonded > 0n && { electorate: bonded, turnout: shareOf(cast, bonded) }),
    ...(quorum !== undefined &&
      bonded !== undefined &&
      bonded > 0n &&
      quorumOf(cast, (quorum * bonded + one - 1n) / one)),
  }
}

/** Of a quorum that was rounded up: a fraction of a token cannot be bonded. */
function quorumOf(cast: bigint, quorum: bigint): Pick<Tally, 'quorum' | 'quorumReached' | 'quorumMissing'> {
  return { quorum, quorumReached: cast >= quorum, quorumMissing: cast >= quorum ? 0n : quorum - cast }
}

/** The result of a vote that is over. Its electorate is history that the chain does not tell. */
export function finalTally({ yes, no, abstain, veto }: Votes, unit: string, status: GovProposal['status']): Tally {
  // What passed, or failed only when it was carried out, had its quorum and its majority.
  const isWon = status === 'passed' || status === 'failed'
  return { yes, no, abstain, veto, unit, ...(isWon && { quorumReached: true, thresholdMet: true }) }
}

/** The rules in the answer for tallying: the whole `params` since SDK 0.47, `tally_params` before. */
export function tallyRulesOf(fields: Readonly<Record<string, unknown>>): Omit<GovRules, 'unit' | 'bonded'> {
  const share = (key: string): bigint | undefined => {
    const decimal = decimalOf(fields[key])
    // A zero means that this is the answer to another question.
    return decimal === 0n ? undefined : decimal
  }
  const [quorum, threshold, vetoThreshold, expeditedThreshold] = [
    share('quorum'),
    share('threshold'),
    share('veto_threshold'),
    share('expedited_threshold'),
  ]
  return {
    ...(quorum !== undefined && { quorum }),
    ...(threshold !== undefined && { threshold }),
    ...(vetoThreshold !== undefined && { vetoThreshold }),
    ...(expeditedThreshold !== undefined && { expeditedThreshold }),
  }
}
