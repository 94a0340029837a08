import type { Head } from '../../../domain/blocks/head.js'
import {
  type Action,
  isOpen,
  keyOf,
  type Proposal,
  type ProposalKey,
  type ProposalStatus,
  type Tally,
} from '../../../domain/proposals/proposal.js'
import { defined } from '../../../domain/defined.js'
import { keyOfBallot, type ReadBallot } from './ballots.js'
import type { Council } from './council.js'
import type { Counts } from './overview.js'
import { statusNotUnderstood, notUnderstoodWarnings } from '../notUnderstood.js'
import type { Remembered, WemixContext, WemixContracts } from './context.js'
import type { DescribeProposal } from '../evm/context.js'
import { ballotWords, variableText } from './descriptions.js'
import { type Ballot, type Payload, readText } from './decode.js'

// In hex digits. A multicall answers 24 kB, and holds up to fifty ballots.
const longMemo = 4_000

/** What one reading brought in. */
export interface BallotReading {
  readonly at: Head
  readonly contracts: WemixContracts
  readonly counts: Counts
  /** What was known of the ballots that may have changed. */
  readonly open: readonly Proposal[]
  /** Ballots that were known. */
  readonly followed: readonly ReadBallot[]
  /** Ballots above the known ones. */
  readonly added: readonly ReadBallot[]
  /** Who has voted on the ballot that is voted on, where that is known. */
  readonly council?: Council | undefined
  /** After a reorg an id can belong to another ballot. */
  readonly isRewound?: boolean
  /** Set where the ballots are kept in another contract than at the last reading: Unix seconds of that reading. */
  readonly movedSince?: bigint | undefined
}

export interface BuiltProposals {
  readonly proposals: readonly Proposal[]
  readonly retracted: readonly ProposalKey[]
  readonly warnings: readonly string[]
  /** What is known of the ballots that are still followed. */
  readonly remembered: ReadonlyMap<string, Remembered>
}

/**
 * Turns the ballots of a reading into proposals, and tells which of the known ones are no more.
 *
 * @param remembered - What was known of ballots that were not asked for everything again.
 */
export function buildProposals(
  { at, contracts, counts, open, followed, added, council, isRewound = false, movedSince }: BallotReading,
  { chain, describe }: Pick<WemixContext, 'chain' | 'describe'>,
  remembered: ReadonlyMap<string, Remembered>,
): BuiltProposals {
  const all = [...followed, ...added]
  const assembly: Assembly = {
    chain,
    contracts,
    threshold: counts.threshold,
    at,
    describe,
    ...stuckOn(all, counts, at),
  }
  const known = new Map(
    open.filter(({ contract }) => contract === contracts.ballots).map((proposal) => [proposal.id, proposal]),
  )
  const still = new Map<string, Remembered>()
  const proposals: Proposal[] = []
  const retracted: ProposalKey[] = []
  const warnings: string[] = []
  for (const { id, ballot, payload: read } of all) {
    const before = known.get(id.toString())
    if (ballot === 'none') {
      if (before !== undefined) retracted.push(keyOf(before))
      continue
    }
    const payload = read ?? remembered.get(keyOfBallot(contracts.ballots, id))?.payload ?? {}
    const proposal = toProposal(id, ballot, payload, assembly, before)
    warnings.push(...notUnderstoodWarnings(proposal, before))
    // A migration takes the old ballots along: what was over then is no news.
    if (movedSince !== undefined && !isOpen(proposal) && ballot.startTime <= movedSince) continue
    if (before !== undefined && isRewound && !isSame(before, proposal)) retracted.push(keyOf(before))
    if (isOpen(proposal) || id === counts.voting) {
      still.set(keyOfBallot(contracts.ballots, id), { payload, isLong: ballot.memo.length > longMemo })
    }
    proposals.push({ ...proposal, ...councilOf(proposal, ballot, counts, council) })
  }
  return { proposals: [...proposals, ...abandoned(open, contracts, at)], retracted, warnings, remembered: still }
}

/**
 * Who has voted, and what decides. A member that has changed the address it votes with may count as missing though it
 * has voted: where the numbers do not agree, nothing is said.
 */
function councilOf(
  { id, status }: Proposal,
  { totalVoters }: Ballot,
  { voting, threshold }: Counts,
  council: Council | undefined,
): Pick<Proposal, 'attendance' | 'council'> {
  if (status !== 'voting' || council?.ballot !== voting || voting !== BigInt(id)) return {}
  const { attendance } = council
  const { voted, missing } = attendance
  if (BigInt(voted.length) !== totalVoters) return {}
  const weight = wholePower / BigInt(voted.length + missing.length)
  return { attendance, council: { weight, passesAt: threshold, failsAt: threshold, endsAt: wholePower } }
}

/** What a ballot asks for, and who did, never changes. */
function isSame(before: Proposal, { title, proposer }: Proposal): boolean {
  return before.title === title && before.proposer === proposer
}

function stuckOn(all: readonly ReadBallot[], { voting, threshold }: Counts, at: Head): Pick<Assembly, 'stuckOn'> {
  const ballot = all.find(({ id }) => id === voting)?.ballot
  return ballot !== undefined && ballot !== 'none' && statusOf(ballot, threshold, at)?.status === 'expired'
    ? { stuckOn: voting }
    : {}
}

/** Ballots in a contract that the registry no longer names: nobody can vote on them or close them. */
function abandoned(open: readonly Proposal[], { ballots }: WemixContracts, at: Head): readonly Proposal[] {
  return open
    .filter((proposal) => proposal.contract !== ballots && isOpen(proposal))
    .map((proposal): Proposal => ({
      ...proposal,
      status: 'canceled',
      derived: true,
      description: `The registry keeps its ballots at ${ballots} now, so this one cannot be decided any more.\n${proposal.description}`,
      readAt: at.number,
    }))
}

/** What holds for all ballots of a reading. */
interface Assembly {
  readonly chain: string
  readonly contracts: WemixContracts
  readonly threshold: bigint
  readonly at: Head
  readonly describe: DescribeProposal
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
    // Only an event told it, when the ballot was decided.
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

export interface DerivedStatus {
  readonly status: ProposalStatus
  readonly derived: boolean
}

/**
 * Where a ballot stands at a block; `undefined` for a state no contract defines.
 *
 * - What is accepted has been carried out in the very transaction of the deciding vote: `executed`.
 * - Rejected with enough accepts: the vote passed, but the change could not be applied. That is `failed`.
 * - A vote that ran out of time says nothing and keeps its state: `expired`, derived.
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
    // Both are written at once: whatever is not final is still to be decided.
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
