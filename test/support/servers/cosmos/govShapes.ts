import type { ChainProposal } from './chain.js'

/** The page key of the SDK: the id in eight bytes. */
export function keyOf(id: number): string {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(id))
  return bytes.toString('base64')
}

/** A tally in the form of a version of x/gov. */
export function tallyOf([yes, abstain, no, veto]: ChainProposal['votes'], version: string): unknown {
  return version === 'v1'
    ? { yes_count: yes, abstain_count: abstain, no_count: no, no_with_veto_count: veto }
    : { yes, abstain, no, no_with_veto: veto }
}

/** A proposal in the form of a version of x/gov. */
export function told(proposal: ChainProposal, version: string): unknown {
  const common = {
    status: `PROPOSAL_STATUS_${proposal.status}`,
    final_tally_result: tallyOf(proposal.finalVotes, version),
    submit_time: proposal.submitTime,
    deposit_end_time: proposal.depositEnd,
    total_deposit: [{ denom: 'uatom', amount: '250000000' }],
    voting_start_time: proposal.votingStart,
    voting_end_time: proposal.votingEnd,
  }
  if (version === 'v1beta1') {
    const [message] = proposal.messages
    return { proposal_id: String(proposal.id), content: message?.['content'] ?? null, ...common }
  }
  const { messages, metadata, title, summary, proposer, expedited, failedReason } = proposal
  return {
    id: String(proposal.id),
    messages,
    ...common,
    metadata,
    title,
    summary,
    proposer,
    expedited,
    failed_reason: failedReason,
  }
}

/** Parameters in the form of a version of x/gov. */
export function paramsOf(kind: string, version: string): unknown {
  const own = {
    voting_params: { voting_period: kind === 'voting' ? '1209600s' : '0s' },
    deposit_params:
      kind === 'deposit'
        ? { min_deposit: [{ denom: 'uatom', amount: '250000000' }], max_deposit_period: '1209600s' }
        : { min_deposit: [], max_deposit_period: '0s' },
    tally_params:
      kind === 'tallying'
        ? { quorum: '0.400000000000000000', threshold: '0.500000000000000000', veto_threshold: '0.334000000000000000' }
        : { quorum: '0.000000000000000000', threshold: '0.000000000000000000', veto_threshold: '0.000000000000000000' },
  }
  if (version === 'v1beta1') return own
  return {
    voting_params: null,
    deposit_params: null,
    tally_params: null,
    params: {
      min_deposit: [{ denom: 'uatom', amount: '250000000' }],
      max_deposit_period: '1209600s',
      voting_period: '1209600s',
      quorum: '0.400000000000000000',
      threshold: '0.500000000000000000',
      veto_threshold: '0.334000000000000000',
      expedited_voting_period: '86400s',
      expedited_threshold: '0.667000000000000000',
      expedited_min_deposit: [{ denom: 'uatom', amount: '500000000' }],
    },
  }
}
