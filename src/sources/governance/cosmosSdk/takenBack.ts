import type { BlockSample } from '../../../domain/blocks/blockTime.js'
import { isOpen, type Proposal, type ProposalStatus } from '../../../domain/proposals/proposal.js'
import { type Doubts, provenIn } from './doubts.js'

/** What an answer tells of a proposal. */
export interface Told {
  readonly id: string | bigint
  readonly status: ProposalStatus
}

/** Where a reading stands among the answers before it. */
export interface DoubtedAt {
  readonly doubts: Doubts | undefined
  readonly head: BlockSample
}

/**
 * Ids of the proposals that an answer takes back to where they were before: a vote that has ended goes on in it, or
 * what was carried out, or failed, still waits for that. There is no such way, and an answer that names no height may
 * be older than what was read before; so they stay as they are known until no server is so far behind. Then it is what
 * was read before that was wrong.
 */
export function takenBack(
  known: readonly Pick<Proposal, 'id' | 'status' | 'derived'>[],
  told: readonly Told[],
  { doubts, head }: DoubtedAt,
): ReadonlySet<string> {
  const now = new Map(told.map(({ id, status }) => [id.toString(), status]))
  const proven = provenIn(doubts, head)
  return new Set(
    known.flatMap(({ id, status, derived }) => {
      const then = now.get(id)
      // What was worked out from silence is no word of the chain.
      return then === undefined || derived || proven.has(id) || !isBefore(then, status) ? [] : [id]
    }),
  )
}

/**
 * Ids of the proposals that an answer tells as open though with all up to `lastId` the readings before it were
 * through, and none of these is followed any more: each of them was closed too long ago, or was never told. One answer
 * that may be an old one opens none of them, for there is no end to what would have to be followed for that.
 */
export function openedAgain(
  told: readonly (Told & { readonly carriedOut?: boolean })[],
  followed: ReadonlySet<string>,
  lastId: bigint | undefined,
  { doubts, head }: DoubtedAt,
): ReadonlySet<string> {
  if (lastId === undefined) return new Set()
  const proven = provenIn(doubts, head)
  return new Set(
    told
      .filter((one) => isOpen(one) && isUpTo(lastId, one.id))
      .map(({ id }) => id.toString())
      .filter((id) => !followed.has(id) && !proven.has(id)),
  )
}

/** Not so where an id is no number: it says nothing of what came before it. */
function isUpTo(lastId: bigint, id: string | bigint): boolean {
  return /^[0-9]+$/.test(id.toString()) && BigInt(id) <= lastId
}

/** Where each status is passed on the way. A vote that is rejected has never passed. */
const stages: Readonly<Record<ProposalStatus, number>> = {
  submitted: 0,
  voting: 1,
  passed: 2,
  rejected: 2,
  queued: 3,
  executed: 4,
  failed: 4,
  expired: 4,
  canceled: 4,
}

function isBefore(one: ProposalStatus, other: ProposalStatus): boolean {
  return stages[one] < stages[other]
}

/** Says so, for the log. */
export function takenBackText(ids: ReadonlySet<string>, place: string): readonly string[] {
  return [...ids].map(
    (id) =>
      `${place} tells proposal ${id} as it was earlier: the node that answers for it is behind. The proposal stays as it was read.`,
  )
}

/** Says so, for the log. */
export function openedAgainText(ids: ReadonlySet<string>, place: string): readonly string[] {
  return [...ids].map(
    (id) =>
      `${place} tells proposal ${id} as open, which was over or not there when it was read before: the node that answers for it may be behind. It counts once it is told so for longer than a node is.`,
  )
}
