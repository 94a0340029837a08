import type { Head } from '../../../domain/blocks/head.js'
import { isOpen, type Proposal, type ProposalKey } from '../../../domain/proposals/proposal.js'
import { readBlock } from '../../readHead.js'
import type { Place } from '../evm/Place.js'
import type { Draft } from './settle.js'

/** Blocks up to `to` whose own times a proposal still lacks: that of its submission, and both ends of its vote. */
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

/** The proposal with the time of a block it waits for; the same object where it does not. */
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

/** Puts the times of blocks into the draft, where proposals wait for them. */
export function setTimes({ proposals, touched }: Draft, headers: readonly (Head | undefined)[]): void {
  for (const [key, before] of proposals) {
    const proposal = headers.reduce((timed, header) => (header === undefined ? timed : timedBy(timed, header)), before)
    if (proposal === before) continue
    proposals.set(key, proposal)
    touched.add(key)
  }
}

// Blocks in one HTTP request of a long history, and in one reading.
const portion = 100
const most = 2_000

/** Reads, once, the times of votes that had begun when they were first read, or that are over. The others are asked for with the polls. */
export async function readTimes({ client, host }: Place, draft: Draft, to: bigint, initial: boolean): Promise<void> {
  const isOver = (key: ProposalKey, proposal: Proposal): boolean =>
    draft.touched.has(key) && (initial || draft.created.has(key) || !isOpen(proposal))
  const wanted = new Set(
    [...draft.proposals].flatMap(([key, proposal]) => (isOver(key, proposal) ? blocksToTime(proposal, to) : [])),
  )
  const blocks = [...wanted].slice(0, most)
  const headers: (Head | undefined)[] = []
  for (let first = 0; first < blocks.length; first += portion) {
    // A node may keep no old blocks: then the times stay estimates.
    headers.push(
      ...(await Promise.all(
        blocks.slice(first, first + portion).map((number) => readBlock(client, number, host).catch(() => undefined)),
      )),
    )
  }
  if (headers.length > 0) setTimes(draft, headers)
}
