import type { Head } from '../../../domain/head.js'
import { isOpen, keyOf, type Proposal, type ProposalKey } from '../../../domain/proposal.js'
import type { Step } from '../evm/readOn.js'
import type { Payload } from './decodeBallot.js'
import { keyOfBallot } from './keyOfBallot.js'
import type { ReadBallot } from './readBallots.js'
import type { Counts } from './readCounts.js'
import { standingOf } from './statusOf.js'
import { type Assembly, toProposal } from './toProposal.js'
import type { WemixContracts, WemixMemory, WemixReaderOptions } from './WemixContext.js'

/** What one reading brought in. */
export interface Harvest {
  readonly at: Head
  readonly contracts: WemixContracts
  readonly counts: Counts
  readonly step: Step
  /** Ballots that were known. */
  readonly followed: readonly ReadBallot[]
  /** Ballots above the known ones. */
  readonly added: readonly ReadBallot[]
  /** False for a first sync, and where the ballots are kept in another contract now. */
  readonly isKnownPlace: boolean
}

export interface Settled {
  readonly proposals: readonly Proposal[]
  readonly retracted: readonly ProposalKey[]
  readonly warnings: readonly string[]
}

/** Turns the ballots of a reading into proposals, and tells which of the known ones are no more. */
export function settleBallots(harvest: Harvest, { chain, describe }: WemixReaderOptions, memory: WemixMemory): Settled {
  const { at, contracts, counts, step: { open, cursor }, followed, added, isKnownPlace } = harvest
  const all = [...followed, ...added]
  const assembly: Assembly = { chain, contracts, threshold: counts.threshold, at, describe, ...stuckOn(all, counts, at) }
  const known = new Map(open.filter(({ contract }) => contract === contracts.ballots).map((proposal) => [proposal.id, proposal]))
  const payloads = new Map<string, Payload>()
  const proposals: Proposal[] = []
  const retracted: ProposalKey[] = []
  const warnings: string[] = []
  for (const { id, ballot, payload: read } of all) {
    const before = known.get(id.toString())
    if (ballot === 'none') {
      if (before !== undefined) retracted.push(keyOf(before))
      continue
    }
    const payload = read ?? memory.payloads.get(keyOfBallot(contracts.ballots, id)) ?? {}
    const proposal = ballot === undefined ? undefined : toProposal(id, ballot, payload, assembly)
    if (proposal === undefined || ballot === undefined) {
      warnings.push(`Ballot ${id} of ${contracts.ballots} on ${chain} ${ballot === undefined ? 'cannot be decoded' : `is in the unknown state ${ballot.state}`} and was left out.`)
      continue
    }
    // A migration takes the old ballots along: what was over then is no news.
    const isHistory = cursor !== undefined && !isKnownPlace && !isOpen(proposal) && ballot.startTime <= cursor.at.timestamp
    if (isHistory) continue
    if (before !== undefined && !isSame(before, proposal)) retracted.push(keyOf(before))
    if (isOpen(proposal) || id === counts.voting) payloads.set(keyOfBallot(contracts.ballots, id), payload)
    proposals.push(proposal)
  }
  memory.payloads = payloads
  return { proposals: [...proposals, ...abandoned(open, contracts, at)], retracted, warnings }
}

/** After a reorg an id can belong to another ballot. What a ballot asks for and who did never changes. */
function isSame(before: Proposal, { title, proposer }: Proposal): boolean {
  return before.title === title && before.proposer === proposer
}

function stuckOn(all: readonly ReadBallot[], { voting, threshold }: Counts, at: Head): Pick<Assembly, 'stuckOn'> {
  const ballot = all.find(({ id }) => id === voting)?.ballot
  return ballot !== undefined && ballot !== 'none' && standingOf(ballot, threshold, at)?.status === 'expired' ? { stuckOn: voting } : {}
}

/** Ballots in a contract that the registry no longer names: nobody can vote on them or close them. */
function abandoned(open: readonly Proposal[], { ballots }: WemixContracts, at: Head): readonly Proposal[] {
  return open.filter((proposal) => proposal.contract !== ballots && isOpen(proposal)).map((proposal): Proposal => ({
    ...proposal,
    status: 'canceled',
    derived: true,
    description: `The registry keeps its ballots at ${ballots} now, so this one cannot be decided any more.\n${proposal.description}`,
    readAt: at.number,
  }))
}
