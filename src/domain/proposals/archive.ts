import type { ChainState } from '../chainState.js'
import { editMap } from '../editedMap.js'
import type { GoodReading } from '../reading.js'
import { counted, noCounts, type ProposalCounts } from './counts.js'
import { stillOpen } from './stillOpen.js'
import { hasPassed, isOpen, keyOf, type Proposal, type ProposalKey } from './proposal.js'

/** Proposals loaded from the archive, and the ids of the notifications already announced about them. */
export interface RecalledProposals {
  readonly proposals: readonly Proposal[]
  readonly announcedIds: readonly (readonly [key: ProposalKey, ids: ReadonlySet<string>])[]
}

/** Number of blocks for which a closed proposal can still be affected by a reorg. */
export const reorgReach = 256n

/**
 * Maximum number of settled proposals kept in memory. Above it, all but half this number are archived, oldest first.
 */
const mostSettled = 128

/** Maximum number of proposals tracked per chain, archived or not. Above it, the oldest settled ones are forgotten. */
const mostTracked = 100_000

/** Returns the keys that a reading mentions and memory does not hold. If there is an archive, they may be in it. */
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

/** Returns the state with archived proposals added back, as if they had never been archived. */
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
 * Returns the state without most of the settled proposals: closed, out of reach of a reorg, and without an upgrade. The
 * newest ones stay. Nothing is archived before the first sync has caught up, because that sync reports all proposals at
 * once.
 */
export function withoutSettled(state: ChainState): ChainState {
  // Most chains have fewer closed proposals than that. This comparison avoids a look at every proposal.
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

/** Returns by how many the tracked proposals exceed the maximum; 0 or less if they do not. */
export function surplusOf({ proposals, archive = noCounts }: Pick<ChainState, 'proposals' | 'archive'>): number {
  const archived = Object.values(archive.byStatus).reduce((sum, count) => sum + count, 0)
  return archived + proposals.size - mostTracked
}

/** Returns the keys of the oldest settled proposals that must be dropped to get back to the maximum. */
export function keysBeyondLimit(state: ChainState): readonly ProposalKey[] {
  const surplus = surplusOf(state)
  if (surplus <= 0) return []
  const settled = [...state.proposals.values()].filter((proposal) => isSettled(proposal, state))
  return settled.sort(byEnd).slice(0, surplus).map(keyOf)
}

/** Counts the tracked proposals of a chain, archived and held. */
export function countsOf({ proposals, archive = noCounts }: Pick<ChainState, 'proposals' | 'archive'>): ProposalCounts {
  return counted(archive, proposals.values(), 1)
}

/** Returns true if the last reading covered only a part of what there was to read. */
export function isBehind({ health }: Pick<ChainState, 'health'>): boolean {
  return health.backlog > 0n
}

/**
 * Returns true if the proposal may carry a plan that was not validated yet. Plans are not validated during a backlog.
 */
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
