import type { JsonObject } from '../../domain/json.js'
import type { Proposal, Tally } from '../../domain/proposal.js'
import { planView } from './planView.js'
import { textOrNull, timeOrNull } from './orNull.js'

/** One proposal as `proposals --json` gives it. */
export function proposalView(proposal: Proposal): JsonObject {
  const { chain, system, contract, id, title, type, status, derived, proposer, tally, finding } = proposal
  return {
    chain,
    system,
    contract,
    id,
    title,
    type,
    status,
    derived,
    proposer: proposer ?? null,
    submittedAt: timeOrNull(proposal.submittedAt),
    votingStartsAt: timeOrNull(proposal.votingStartsAt),
    votingEndsAt: timeOrNull(proposal.votingEndsAt),
    tally: tally === undefined ? null : tallyView(tally),
    plan: finding === undefined ? null : planView(finding.plan),
  }
}

function tallyView({ yes, no, abstain, veto, unit, quorum, threshold, electorate, turnout, quorumReached, thresholdMet }: Tally): JsonObject {
  return {
    yes: String(yes),
    no: String(no),
    abstain: String(abstain),
    veto: textOrNull(veto),
    unit,
    quorum: textOrNull(quorum),
    threshold: threshold ?? null,
    electorate: textOrNull(electorate),
    turnout: turnout ?? null,
    quorumReached: quorumReached ?? null,
    thresholdMet: thresholdMet ?? null,
  }
}
