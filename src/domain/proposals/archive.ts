import type { ChainState } from '../chainState.js'
import { editMap } from '../editedMap.js'
import type { GoodReading } from '../reading.js'
import { counted, noCounts, type ProposalCounts } from './counts.js'
import { stillOpen } from './stillOpen.js'
import { hasPassed, isOpen, keyOf, type Proposal, type ProposalKey } from './proposal.js'

/** Proposals brought back from the archive, and the ids of the notifications given about them. */
export interface RecalledProposals {
  readonly proposals: readonly Proposal[]
  readonly announcedIds: readonly (readonly [key: ProposalKey, ids: ReadonlySet<string>])[]
}

/** Blocks a closed proposal stays in reach of a reorg. */
export const reorgReach = 256n

/** Settled proposals that memory holds at most; where there are more, half of them are archived, the oldest first. */
const mostSettled = 128

/** Proposals that a chain tracks at most, archived or not: the oldest settled ones are forgotten above that. */
const mostTracked = 100_000

/** Keys of all that a reading names and memory does not hold: where something is archived, it may be among them. */
export function unknownIn(
  { proposals, retracted, standings = [], votes }: GoodReading,
  known: ChainState['proposals'],
): readonly ProposalKey[] {
  const named = new Set<ProposalKey>(retracted)
  for (const proposal of proposals) named.add(keyOf(proposal))
  for (const { key } of standings) named.add(key)
  for (const vote of votes) named.add(keyOf(vote))
  return [...named].filter((key) => !known.has(key))
}

/** The state with archived proposals back in it, as if it had held them all the time. */
export function withRecalled(state: ChainState, { proposals, announcedIds }: RecalledProposals): ChainState {
  const back = proposals.filter((proposal) => !state.proposals.has(keyOf(proposal)))
  if (back.length === 0) return state
  const [allProposals, allIds] = [editMap(state.proposals), editMap(state.announcedIds)]
  for (const proposal of back) allProposals.set(keyOf(proposal), proposal)
  for (const [key, ids] of announcedIds) if (!state.announcedIds.has(key)) allIds.set(key, ids)
  return {
    ...state,
    proposals: allProposals.map(),
    announcedIds: allIds.map(),
    archive: counted(state.archive ?? noCounts, back, -1),
  }
}

/**
 * The state without most of what is settled: closed, out of reach of a reorg, and without an upgrade. The last of it
 * stays. All stays where the first sync has not caught up, for then all of it is told at once.
 */
export function withoutSettled(state: ChainState): ChainState {
  // Nearly every chain holds less than that: counting saves looking through all proposals.
  if (state.proposals.size - stillOpen(state.proposals).size <= mostSettled) return state
  const settled = state.synced ? [...state.proposals.values()].filter((proposal) => isSettled(proposal, state)) : []
  if (settled.length <= mostSettled) return state
  const over = settled.sort(byEnd).slice(0, settled.length - mostSettled / 2)
  const [proposals, announcedIds] = [editMap(state.proposals), editMap(state.announcedIds)]
  for (const proposal of over) {
    proposals.delete(keyOf(proposal))
    announcedIds.delete(keyOf(proposal))
  }
  return {
    ...state,
    proposals: proposals.map(),
    announcedIds: announcedIds.map(),
    archive: counted(state.archive ?? noCounts, over, 1),
  }
}

/** How many proposals are tracked beyond what may be; 0 or less where there is room. */
export function surplusOf({ proposals, archive = noCounts }: Pick<ChainState, 'proposals' | 'archive'>): number {
  const archived = Object.values(archive.byStatus).reduce((sum, count) => sum + count, 0)
  return archived + proposals.size - mostTracked
}

/** Keys of the oldest settled proposals that have to go where more are tracked than may be. */
export function keysBeyondLimit(state: ChainState): readonly ProposalKey[] {
  const surplus = surplusOf(state)
  if (surplus <= 0) return []
  const settled = [...state.proposals.values()].filter((proposal) => isSettled(proposal, state))
  return settled.sort(byEnd).slice(0, surplus).map(keyOf)
}

/** How many proposals of a chain are tracked: those archived and those held. */
export function countsOf({ proposals, archive = noCounts }: Pick<ChainState, 'proposals' | 'archive'>): ProposalCounts {
  return counted(archive, proposals.values(), 1)
}

/** True where the last reading was a portion of what there was to read. */
export function isBehind({ health }: Pick<ChainState, 'health'>): boolean {
  return health.backlog > 0n
}

/** True where it may carry a plan that was not judged yet: no plan is judged while there is a backlog. */
export function isUnjudged(proposal: Proposal, state: Pick<ChainState, 'health'>): boolean {
  return isBehind(state) && hasPassed(proposal)
}

function isSettled(proposal: Proposal, state: ChainState): boolean {
  const { proposalsReadTo = 0n, upgrades } = state
  const { closedAt } = proposal
  return (
    proposal.announced !== true &&
    !isUnjudged(proposal, state) &&
    closedAt !== undefined &&
    !isOpen(proposal) &&
    closedAt.block + reorgReach < proposalsReadTo &&
    !upgrades.has(keyOf(proposal))
  )
}

function byEnd({ closedAt: a }: Proposal, { closedAt: b }: Proposal): number {
  return Number((a?.timestamp ?? 0n) - (b?.timestamp ?? 0n))
}
