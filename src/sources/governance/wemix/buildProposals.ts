import type { Head } from '../../../domain/blocks/head.js'
import { isOpen, keyOf, type Proposal, type ProposalKey } from '../../../domain/proposals/proposal.js'
import { keyOfBallot, type ReadBallot } from './ballots.js'
import type { Counts } from './overview.js'
import { notUnderstoodWarnings } from '../notUnderstood.js'
import type { Remembered, WemixContext, WemixContracts } from './context.js'
import type { Council } from './council.js'
import type { Ballot } from './decode.js'
import { type Assembly, statusOf, toProposal, wholePower } from './toProposal.js'

// Length of a memo, in hex digits, above which the ballot is read separately. A multicall returns 24 kB and holds up to
// fifty ballots.
const longMemo = 4_000

/** The result of one reading. */
export interface BallotReading {
  readonly at: Head
  readonly contracts: WemixContracts
  readonly counts: Counts
  /** The known proposals that may have changed. */
  readonly open: readonly Proposal[]
  /** Ballots that were known. */
  readonly followed: readonly ReadBallot[]
  /** Ballots above the known ones. */
  readonly added: readonly ReadBallot[]
  /** Who has voted on the ballot in voting, if known. */
  readonly council?: Council | undefined
  /** True after a reorg, when an id may belong to another ballot. */
  readonly isRewound?: boolean
  /** Set if the ballots moved to another contract since the last reading: the Unix seconds of that reading. */
  readonly movedSince?: bigint | undefined
}

export interface BuiltProposals {
  readonly proposals: readonly Proposal[]
  readonly retracted: readonly ProposalKey[]
  readonly warnings: readonly string[]
  /** What is known about the ballots that are still followed. */
  readonly remembered: ReadonlyMap<string, Remembered>
}

/**
 * Converts the ballots of a reading into proposals, and finds known ones that no longer exist.
 *
 * @param remembered - The payloads of ballots that were not read completely again.
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
    ...blockedBy(all, counts, at),
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
    // A migration copies old ballots, so those that had already ended are not new.
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
 * Who has voted, and the limits of the decision. A member that changed its voting address may count as missing although
 * it has voted, so nothing is returned if the numbers do not agree.
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

/** True if both are the same ballot; its request and its creator never change. */
function isSame(before: Proposal, { title, proposer }: Proposal): boolean {
  return before.title === title && before.proposer === proposer
}

function blockedBy(all: readonly ReadBallot[], { voting, threshold }: Counts, at: Head): Pick<Assembly, 'blockedBy'> {
  const ballot = all.find(({ id }) => id === voting)?.ballot
  return ballot !== undefined && ballot !== 'none' && statusOf(ballot, threshold, at)?.status === 'expired'
    ? { blockedBy: voting }
    : {}
}

/** Returns the ballots in a contract that the registry no longer names. Nobody can vote on them or close them. */
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
