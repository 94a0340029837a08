import { type Labels, sameLabels } from '../labels.js'
import type { BlockTime } from '../blocks/blockTime.js'
import type { Head } from '../blocks/head.js'
import type { Change, ChangeKind } from './change.js'
import { compareProposals } from './compareProposals.js'
import { hasPassed, isOpen, keyOf, type Proposal, type ProposalKey, type Vote } from './proposal.js'
import { withPlanStanding } from './withPlanStanding.js'
import { type RetentionOptions, isAged } from './pruneProposals.js'
import type { GoodReading, KeyedPlanStanding } from '../reading.js'
import { deriveProposal } from './deriveProposal.js'
import { stillOpen } from './stillOpen.js'
import { stepTrack } from './stepTrack.js'

/** How readings are compared. */
export interface DiffOptions {
  /** Milliseconds of chain time after its end at which an open vote counts as expired. @defaultValue one day */
  readonly proposalTimeout?: number
  /** Returns the operator's labels of a proposal. Must be pure. @defaultValue no labels */
  readonly labelsOf?: (proposal: Proposal) => Labels
  /** Completed proposals older than this do not appear again. */
  readonly retention?: RetentionOptions
}

/** What is known before a reading comes in. */
export interface Known {
  /** False until the first sync has caught up. Differences are held back before that. */
  readonly synced: boolean
  readonly proposals: ReadonlyMap<ProposalKey, Proposal>
  /** Block of the last reading that was used. */
  readonly at?: bigint
  readonly lastVote?: { readonly block: bigint; readonly index: number }
}

/** The result of one reading: the differences, and what is known now. */
export interface Diff {
  readonly known: Known
  readonly changes: readonly Change[]
}

/**
 * Compares one reading with what is known. `blockTime` is needed to know when a vote that is counted in blocks is over.
 *
 * - A repeated reading emits no second change.
 * - Nothing is emitted before the first sync has caught up; then every proposal appears once, as backfill.
 * - A proposal that ended long enough ago to be forgotten does not appear again, however often it is read. One that was
 *   both proposed and passed since the last reading appears regardless of its age.
 * - The order in one reading is: retractions, proposals in the order of the chain, votes.
 */
export function stepDiff(known: Known, reading: GoodReading, blockTime: BlockTime, options: DiffOptions = {}): Diff {
  const { chain, at, retracted } = reading
  const stamp = (kind: ChangeKind): Change => ({ chain, at: at.number, time: at.timestamp, ...kind })
  const withdrawn = retracted.flatMap((key): ChangeKind[] => {
    const proposal = known.proposals.get(key)
    return proposal === undefined ? [] : [{ type: 'proposalRetracted', proposal }]
  })
  const changes = [...withdrawn, ...changesOfProposals(known, reading, blockTime, options)].map(stamp)
  const { votes, lastVote } = newVotes(known, reading)
  const isCaughtUp = reading.backlog === 0n
  const next: Known = {
    synced: known.synced || isCaughtUp,
    proposals: stepTrack(known.proposals, changes),
    at: at.number,
    ...(lastVote !== undefined && { lastVote: { block: lastVote.block, index: lastVote.index } }),
  }
  if (known.synced)
    return { known: next, changes: [...changes, ...votes.map((vote) => stamp({ type: 'voteCast', vote }))] }
  if (!isCaughtUp) return { known: next, changes: [] }
  const all = [...next.proposals.values()].sort(byOrigin)
  return {
    known: next,
    changes: all.map((proposal) => stamp({ type: 'proposalAppeared', proposal, backfill: true })),
  }
}

function changesOfProposals(
  known: Known,
  reading: GoodReading,
  blockTime: BlockTime,
  { proposalTimeout = 86_400_000, retention = {}, labelsOf }: DiffOptions,
): readonly ChangeKind[] {
  const { at } = reading
  const retracted = new Set(reading.retracted)
  const read = new Map([...reading.proposals].sort(byOrigin).map((proposal): Keyed => [keyOf(proposal), proposal]))
  // The end of a vote may be in the backlog, so a vote times out only after a reading without one.
  const untimed = { at, blockTime }
  const timed = reading.backlog === 0n ? { ...untimed, proposalTimeout } : untimed
  const changes: ChangeKind[] = []
  // A vote can also time out when its proposal was not read. Proposals that were not read come first.
  const unread = [...stillOpen(known.proposals)].filter(([key]) => !read.has(key) && !retracted.has(key))
  const beforeOf = (key: ProposalKey): Proposal | undefined =>
    retracted.has(key) ? undefined : known.proposals.get(key)
  for (const [key, given] of judged([...unread, ...read], reading.standings, beforeOf)) {
    const before = beforeOf(key)
    const isAnswered = read.has(key) || at.number === known.at
    const derived = deriveProposal(
      continued(given, before, at),
      isAnswered && given.closesItself === true ? untimed : timed,
    )
    const proposal = labelsOf === undefined ? derived : withLabels(derived, labelsOf(derived))
    const isForgotten = before === undefined && known.synced && !isUnheardOf(proposal, known)
    if (isForgotten && isAged(proposal.closedAt?.timestamp, at.timestamp, retention)) continue
    for (const kind of compareProposals(before, proposal)) changes.push(kind)
  }
  return changes
}

/**
 * Returns true if the proposal was submitted and passed after the last reading. It cannot have been known and
 * forgotten, and the height of its plan may still be ahead.
 */
function isUnheardOf(proposal: Proposal, { at }: Known): boolean {
  const { origin } = proposal
  return hasPassed(proposal) && origin !== undefined && at !== undefined && origin.block > at
}

type Keyed = readonly [key: ProposalKey, proposal: Proposal]

/** Returns the snapshot with facts known from before: where the proposal was submitted, and when it closed. */
function continued(given: Proposal, before: Proposal | undefined, at: Head): Proposal {
  const { origin } = before ?? {}
  // A reader that sees it again after a long time no longer reports the block of its submission.
  const snapshot = given.origin !== undefined || origin === undefined ? given : { ...given, origin }
  const closedAt =
    snapshot.closedAt ??
    before?.closedAt ??
    (before !== undefined && !isOpen(snapshot) ? { block: at.number, timestamp: at.timestamp } : undefined)
  return closedAt === undefined ? snapshot : { ...snapshot, closedAt }
}

/** Returns the votes that were not emitted yet, and the position of the last one. A reorg moves that position back. */
function newVotes(
  { lastVote: last }: Known,
  { votes: read, rewoundTo }: GoodReading,
): { readonly votes: readonly Vote[]; readonly lastVote?: LogPosition | undefined } {
  const from =
    rewoundTo !== undefined && last !== undefined && last.block > rewoundTo
      ? { block: rewoundTo, index: Number.MAX_SAFE_INTEGER }
      : last
  const votes = read.filter((vote) => from === undefined || isAfter(vote, from))
  return { votes, lastVote: votes.at(-1) ?? from }
}

/**
 * Returns the snapshots with the chain's reports about their plans, and the known proposals that only these reports
 * change.
 */
function judged(
  snapshots: readonly Keyed[],
  standings: readonly KeyedPlanStanding[] = [],
  beforeOf: (key: ProposalKey) => Proposal | undefined,
): readonly Keyed[] {
  if (standings.length === 0) return snapshots
  const all = new Map(snapshots)
  for (const standing of standings) {
    const proposal = all.get(standing.key) ?? beforeOf(standing.key)
    if (proposal !== undefined) all.set(standing.key, withPlanStanding(proposal, standing))
  }
  return [...all]
}

/** Returns the same object if it already has these labels. */
function withLabels(proposal: Proposal, labels: Labels): Proposal {
  if (sameLabels(proposal.labels, labels)) return proposal
  const { labels: _before, ...rest } = proposal
  return Object.keys(labels).length === 0 ? rest : { ...rest, labels }
}

function byOrigin(a: Proposal, b: Proposal): number {
  const [first, second] = [a.origin?.block ?? 0n, b.origin?.block ?? 0n]
  if (first !== second) return first < second ? -1 : 1
  return (a.origin?.index ?? 0) - (b.origin?.index ?? 0)
}

type LogPosition = Pick<Vote, 'block' | 'index'>

function isAfter(vote: LogPosition, place: LogPosition): boolean {
  return vote.block > place.block || (vote.block === place.block && vote.index > place.index)
}
