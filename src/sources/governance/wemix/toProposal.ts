import type { Head } from '../../../domain/blocks/head.js'
import { type Action, type Proposal, type ProposalStatus, type Tally } from '../../../domain/proposals/proposal.js'
import { defined } from '../../../domain/defined.js'
import { statusNotUnderstood } from '../notUnderstood.js'
import type { WemixContracts } from './context.js'
import type { DescribeProposal } from '../evm/context.js'
import { ballotWords, variableText } from './descriptions.js'
import { type Ballot, type Payload, readText } from './decode.js'

/** What is the same for all ballots of a reading. */
export interface Assembly {
  readonly chain: string
  readonly contracts: WemixContracts
  readonly threshold: bigint
  readonly at: Head
  readonly describe: DescribeProposal
  /** The ballot whose vote ended without a decision and blocks all other votes. */
  readonly blockedBy?: bigint
}

/** Converts a ballot into a proposal; `before` is its last snapshot. An unknown state is marked. */
export function toProposal(
  id: bigint,
  ballot: Ballot,
  payload: Payload,
  assembly: Assembly,
  before?: Proposal,
): Proposal {
  const { chain, contracts, threshold, at, describe } = assembly
  const standing = statusOf(ballot, threshold, at) ?? statusNotUnderstood(before, `state ${ballot.state}`)
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
    ...defined({ envVal }),
    ...(ballot.ballotType <= 3n && { kind: 'membership' }),
  })
  return {
    chain,
    system: 'wemix',
    contract: contracts.ballots,
    id: id.toString(),
    ...described,
    ...standing,
    // Only an event reports this, when the ballot is decided, so it is kept from the last snapshot.
    ...(standing.status === 'executed' &&
      before?.status === 'executed' &&
      before.skipped !== undefined && { skipped: before.skipped }),
    proposer: ballot.creator,
    actions,
    clock: 'timestamp',
    ...(ballot.startTime > 0n && { votingStart: ballot.startTime, votingEnd: ballot.endTime }),
    ...defined({ tally }),
    readAt: at.number,
  }
}

/** The contract that a ballot changes. Changes of members concern no other contract. */
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
  { blockedBy }: Assembly,
): readonly string[] {
  if (status === 'expired') {
    return [
      'Its time is over and nothing was decided. Governance is stuck: no ballot can be voted on until a member calls finalizeEndedVote().',
    ]
  }
  if (status === 'submitted') {
    return blockedBy === undefined || blockedBy === id
      ? ['The first vote starts it; until then it has no deadline.']
      : [
          `It cannot be voted on: ballot ${blockedBy} ended undecided, and governance is stuck until a member calls finalizeEndedVote().`,
        ]
  }
  if (status === 'failed') return ['The vote passed, but the change could not be applied.']
  return state === 3n && totalVoters === 0n ? ['Accepted without a vote, as a member may do with its own entry.'] : []
}

export interface DerivedStatus {
  readonly status: ProposalStatus
  readonly derived: boolean
}

/**
 * The status of a ballot at a block; `undefined` for an unknown state.
 *
 * - An accepted ballot was executed in the transaction of the deciding vote: `executed`.
 * - A rejected ballot with enough accepts passed its vote, but the change could not be applied: `failed`.
 * - A vote that ran out of time keeps its state on the chain: `expired`, derived.
 */
export function statusOf(
  { state, isFinalized, endTime, accepts }: Ballot,
  threshold: bigint,
  at: Pick<Head, 'timestamp'>,
): DerivedStatus | undefined {
  switch (state) {
    case 1n:
      return { status: 'submitted', derived: false }
    case 2n:
      return endTime < at.timestamp ? { status: 'expired', derived: true } : { status: 'voting', derived: false }
    // The chain sets state and finality together, so a ballot that is not final is still to be decided.
    case 3n:
      return { status: isFinalized ? 'executed' : 'voting', derived: false }
    case 4n:
      return { status: accepts >= threshold ? 'failed' : 'rejected', derived: false }
    case 5n:
      return { status: 'canceled', derived: false }
    default:
      return undefined
  }
}

/** The total of all votes of a chain. One member has `10000 / members`, rounded down, at the time of its vote. */
export const wholePower = 10_000n

/** The tally of a ballot in shares of 10,000; `undefined` for a ballot that was accepted without a vote. */
export function tallyOf({ state, totalVoters, accepts, rejects }: Ballot, threshold: bigint): Tally | undefined {
  if (state === 3n && totalVoters === 0n) return undefined
  return {
    yes: accepts,
    no: rejects,
    abstain: 0n,
    unit: 'bp',
    electorate: wholePower,
    // The chain requires at least this many, while our threshold must be exceeded.
    threshold: Math.max(0, Number(threshold - 1n) / Number(wholePower)),
    thresholdMet: accepts >= threshold,
    turnout: Math.min(1, Number(accepts + rejects) / Number(wholePower)),
  }
}
