import type { Head } from '../../../domain/blocks/head.js'
import type { Action, Proposal } from '../../../domain/proposals/proposal.js'
import type { Describe } from '../evm/EvmContext.js'
import { standingNow } from '../standingNow.js'
import { ballotWords } from './ballotWords.js'
import type { Ballot, Payload } from './decodeBallot.js'
import { variableText } from './envVariables.js'
import { readText } from './readText.js'
import { standingOf } from './statusOf.js'
import { tallyOf } from './tallyOf.js'
import type { WemixContracts } from './WemixContext.js'

/** What holds for all ballots of a reading. */
export interface Assembly {
  readonly chain: string
  readonly contracts: WemixContracts
  readonly threshold: bigint
  readonly at: Head
  readonly describe: Describe
  /** The ballot whose vote ended undecided and keeps everybody from voting. */
  readonly stuckOn?: bigint
}

/** A ballot as a proposal; `before` is what it was. A state that no contract defines is marked. */
export function toProposal(
  id: bigint,
  ballot: Ballot,
  payload: Payload,
  assembly: Assembly,
  before?: Proposal,
): Proposal {
  const { chain, contracts, threshold, at, describe } = assembly
  const standing = standingOf(ballot, threshold, at) ?? standingNow(before, `state ${ballot.state}`)
  const { title, sentence } = ballotWords(ballot, payload)
  const memo = readText(ballot.memo)
  const envVal = payload.variable === undefined ? undefined : variableText(payload.variable)
  const actions = actionsOf(payload, contracts)
  const tally = tallyOf(ballot, threshold)
  const described = describe({
    title,
    description: [sentence, ...notes(id, ballot, standing.status, assembly), '', memo].join('\n'),
    memo,
    actions,
    ...(envVal !== undefined && { envVal }),
    ...(ballot.ballotType <= 3n && { kind: 'membership' }),
  })
  return {
    chain,
    system: 'wemix',
    contract: contracts.ballots,
    id: id.toString(),
    ...described,
    ...standing,
    // Only an event told it, when the ballot was decided.
    ...(standing.status === 'executed' &&
      before?.status === 'executed' &&
      before.skipped !== undefined && { skipped: before.skipped }),
    proposer: ballot.creator,
    actions,
    clock: 'timestamp',
    ...(ballot.startTime > 0n && { votingStart: ballot.startTime, votingEnd: ballot.endTime }),
    ...(tally !== undefined && { tally }),
    readAt: at.number,
  }
}

/** The contract that a ballot changes. What it does to the members concerns no contract outside. */
function actionsOf({ newGovernance, variable }: Payload, { gov, env }: WemixContracts): readonly Action[] {
  if (newGovernance !== undefined) {
    return [{ target: gov, value: 0n, selector: '0x3659cfe6', signature: 'upgradeTo(address)', effect: 'governance' }]
  }
  return variable === undefined ? [] : [{ target: env, value: 0n, selector: '0x', effect: 'governance' }]
}

function notes(
  id: bigint,
  { state, totalVoters }: Ballot,
  status: Proposal['status'],
  { stuckOn }: Assembly,
): readonly string[] {
  if (status === 'expired') {
    return [
      'Its time is over and nothing was decided. Governance is stuck: no ballot can be voted on until a member calls finalizeEndedVote().',
    ]
  }
  if (status === 'submitted') {
    return stuckOn === undefined || stuckOn === id
      ? ['The first vote starts it; until then it has no deadline.']
      : [
          `It cannot be voted on: ballot ${stuckOn} ended undecided, and governance is stuck until a member calls finalizeEndedVote().`,
        ]
  }
  if (status === 'failed') return ['The vote passed, but the change could not be applied.']
  return state === 3n && totalVoters === 0n ? ['Accepted without a vote, as a member may do with its own entry.'] : []
}
