import type { Head } from '../../../domain/blocks/head.js'
import { isActive, isOpen, keyOf, type Proposal, type ProposalKey } from '../../../domain/proposals/proposal.js'
import { readBlock } from '../../readHead.js'
import type { Answer } from '../../rpc/readCalls.js'
import type { ChainClient } from '../evm/context.js'
import type { Part, Wanted } from '../evm/readPart.js'
import type { RuleBook } from './context.js'
import type { Created } from './decode.js'
import { applyAnswers, type BatchQuery, byQuery, questionsFor, readBatch, requireBlock } from './query.js'
import { statusByClock } from './toProposal.js'

/** The proposals while a reading is being made. */
export interface Draft {
  readonly proposals: Map<ProposalKey, Proposal>
  /** Proposals that the reading will contain. */
  readonly touched: Set<ProposalKey>
  /** Content of the proposals whose creation was read. `edited` holds the proposals that were edited. */
  readonly created: Map<ProposalKey, Created>
  readonly edited: Set<ProposalKey>
  /** Proposals that an event ended and whose contract was not asked yet. */
  readonly closed: Set<ProposalKey>
  /** Proposals that the contract no longer knows. */
  readonly gone: Set<ProposalKey>
  readonly warnings: string[]
}

export function newDraft(known: Iterable<readonly [ProposalKey, Proposal]>): Draft {
  return {
    proposals: new Map(known),
    touched: new Set(),
    created: new Map(),
    edited: new Set(),
    closed: new Set(),
    gone: new Set(),
    warnings: [],
  }
}

type Now = Pick<Head, 'number' | 'timestamp'>

/** Which proposals are asked about, and about whose votes. */
interface Selection {
  /** Whether a proposal may still change. */
  readonly mayMove: (proposal: Proposal) => boolean
  /** Proposals that are asked everything. */
  readonly again?: ReadonlySet<ProposalKey>
  readonly voters?: readonly string[]
}

/** Returns what to ask at `now` about the selected proposals. */
export function queriesFor(
  proposals: Iterable<Proposal>,
  rules: RuleBook,
  now: Now,
  { mayMove, again, voters = [] }: Selection,
): readonly BatchQuery[] {
  const inquiries: BatchQuery[] = []
  for (const proposal of proposals) {
    const its = rules.get(proposal.contract.toLowerCase())
    const twice = again?.has(keyOf(proposal)) === true
    if (its !== undefined && (twice || mayMove(proposal)))
      inquiries.push({ proposal, questions: questionsFor(proposal, its, now, { all: twice, voters }) })
  }
  return inquiries
}

/** Applies the answers to the draft. What the contract says overrides what the events said. */
export function applyBatch(
  { proposals, touched, gone, warnings }: Draft,
  inquiries: readonly BatchQuery[],
  answers: readonly (readonly Answer[])[],
  rules: RuleBook,
): void {
  for (const [index, { proposal: asked, questions }] of inquiries.entries()) {
    const key = keyOf(asked)
    const its = rules.get(asked.contract.toLowerCase())
    const proposal = proposals.get(key)
    if (its === undefined || proposal === undefined) continue
    const told = applyAnswers(proposal, questions, answers[index] ?? [], its)
    if ('gone' in told) {
      proposals.delete(key)
      gone.add(key)
      continue
    }
    proposals.set(key, told.proposal)
    touched.add(key)
    if (told.warning !== undefined) warnings.push(told.warning)
  }
}

/**
 * Gives the touched proposals that were not asked about the status that the clock implies. Returns those whose status
 * only the contract can tell.
 */
export function applyClock(
  { proposals, touched }: Draft,
  asked: ReadonlySet<ProposalKey>,
  at: Head,
): readonly Proposal[] {
  const undecided: Proposal[] = []
  for (const key of touched) {
    const proposal = proposals.get(key)
    if (proposal === undefined || asked.has(key) || !isOpen(proposal)) continue
    const standing = isActive(proposal) ? statusByClock(proposal, at) : undefined
    if (standing === undefined) undecided.push(proposal)
    else proposals.set(key, { ...proposal, ...standing })
  }
  return undecided
}

/**
 * Returns the blocks up to `to` whose times a proposal still lacks: those of its submission, and of the start and end
 * of its vote.
 */
export function blocksToTime(
  { submittedAt, origin, clock, foreignClock, ...vote }: Proposal,
  to: bigint,
): readonly bigint[] {
  const counts = clock === 'block' && foreignClock !== true
  return [
    submittedAt === undefined ? origin?.block : undefined,
    counts && vote.votingStartsAt === undefined ? vote.votingStart : undefined,
    counts && vote.votingEndsAt === undefined ? vote.votingEnd : undefined,
  ].flatMap((block) => (block !== undefined && block <= to ? [block] : []))
}

/** Adds the time of a block that the proposal lacks; returns the same object if it lacks none. */
function timedBy(proposal: Proposal, { number, hash, timestamp }: Head): Proposal {
  const { submittedAt, origin, clock, foreignClock, votingStart, votingEnd, votingStartsAt, votingEndsAt } = proposal
  const counts = clock === 'block' && foreignClock !== true
  const submitted = submittedAt === undefined && origin?.hash === hash
  const starts = counts && votingStartsAt === undefined && votingStart === number
  const ends = counts && votingEndsAt === undefined && votingEnd === number
  if (!submitted && !starts && !ends) return proposal
  return {
    ...proposal,
    ...(submitted && { submittedAt: timestamp }),
    ...(starts && { votingStartsAt: timestamp }),
    ...(ends && { votingEndsAt: timestamp }),
  }
}

/** Adds the times of blocks to the proposals of the draft that lack them. */
export function setTimes({ proposals, touched }: Draft, headers: readonly (Head | undefined)[]): void {
  for (const [key, before] of proposals) {
    const proposal = headers.reduce((timed, header) => (header === undefined ? timed : timedBy(timed, header)), before)
    if (proposal === before) continue
    proposals.set(key, proposal)
    touched.add(key)
  }
}

// Maximum number of blocks in one HTTP request of a long history, and in one reading.
const timesPortion = 100
const mostTimes = 2_000

/**
 * Reads, once, the block times of votes that had begun when they were first read, or that have ended. The times of
 * other votes are read with the polls.
 */
export async function readTimes(
  { client, host }: ChainClient,
  draft: Draft,
  to: bigint,
  initial: boolean,
): Promise<void> {
  const isOver = (key: ProposalKey, proposal: Proposal): boolean =>
    draft.touched.has(key) && (initial || draft.created.has(key) || !isOpen(proposal))
  const wanted = new Set(
    [...draft.proposals].flatMap(([key, proposal]) => (isOver(key, proposal) ? blocksToTime(proposal, to) : [])),
  )
  const blocks = [...wanted].slice(0, mostTimes)
  const headers: (Head | undefined)[] = []
  for (let first = 0; first < blocks.length; first += timesPortion) {
    // A node may not keep old blocks; the times remain estimates then.
    headers.push(
      ...(await Promise.all(
        blocks
          .slice(first, first + timesPortion)
          .map((number) => readBlock(client, number, host).catch(() => undefined)),
      )),
    )
  }
  if (headers.length > 0) setTimes(draft, headers)
}

export interface WantedBatch extends Wanted {
  readonly queries: readonly BatchQuery[]
}

/**
 * Updates the draft with the answers at its last block, then asks about proposals whose status only the contract can
 * tell.
 */
export async function resolveOpen(
  node: ChainClient,
  { window, asked: { queries: inquiries } }: Part<WantedBatch>,
  draft: Draft,
  rules: RuleBook,
  selection: Omit<Selection, 'again'>,
): Promise<void> {
  const { end } = window
  applyBatch(draft, inquiries, byQuery(inquiries, window.answers), rules)
  setTimes(draft, window.headers)
  const asked = new Set(inquiries.map(({ proposal }) => keyOf(proposal)))
  const undecided = applyClock(draft, asked, end)
  if (undecided.length === 0) return
  const more = queriesFor(undecided, rules, end, selection)
  const [answers] = await Promise.all([readBatch(node.client, more, end.number), requireBlock(node, end)])
  applyBatch(draft, more, answers, rules)
}
