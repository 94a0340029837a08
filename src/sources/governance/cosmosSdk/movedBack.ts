import type { BlockSample } from '../../../domain/blocks/blockTime.js'
import { isOpen, type Proposal, type ProposalStatus } from '../../../domain/proposals/proposal.js'
import { type Doubts, provenIn } from './doubts.js'

/** A proposal and its status in one answer. */
export interface ReportedProposal {
  readonly id: string | bigint
  readonly status: ProposalStatus
}

/** The doubts of earlier readings, and the current head. */
export interface DoubtedAt {
  readonly doubts: Doubts | undefined
  readonly head: BlockSample
}

/**
 * Ids of the proposals that an answer moves back to an earlier stage: a vote that ended goes on, or a proposal that was
 * executed or failed is still waiting. The chain has no such transition, and an answer without a height may be
 * outdated. So these proposals stay as they are until no server can be that far behind; after that, the earlier answer
 * counts as wrong.
 */
export function idsMovedBack(
  known: readonly Pick<Proposal, 'id' | 'status' | 'derived'>[],
  told: readonly ReportedProposal[],
  { doubts, head }: DoubtedAt,
): ReadonlySet<string> {
  const now = new Map(told.map(({ id, status }) => [id.toString(), status]))
  const proven = provenIn(doubts, head)
  return new Set(
    known.flatMap(({ id, status, derived }) => {
      const then = now.get(id)
      // A derived status is our conclusion, not an answer of the chain.
      return then === undefined || derived || proven.has(id) || !isBefore(then, status) ? [] : [id]
    }),
  )
}

/**
 * Ids of the proposals that an answer reports as open although earlier readings have covered all ids up to `lastId` and
 * no longer follow these: each closed too long ago or was never reported. A single answer that may be outdated does not
 * open them, because following all closed proposals would be unbounded.
 */
export function openedAgain(
  told: readonly (ReportedProposal & { readonly carriedOut?: boolean })[],
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

/** False if the id is not a number, because then it does not show what came before it. */
function isUpTo(lastId: bigint, id: string | bigint): boolean {
  return /^[0-9]+$/.test(id.toString()) && BigInt(id) <= lastId
}

/** The order of the stages. A rejected proposal has never passed. */
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

/** The warnings about proposals from {@link idsMovedBack}. */
export function movedBackText(ids: ReadonlySet<string>, place: string): readonly string[] {
  return [...ids].map(
    (id) => `${place} reports proposal ${id} as it was earlier: the node behind it lags. What was read before is kept.`,
  )
}

/** The warnings about proposals from {@link openedAgain}. */
export function openedAgainText(ids: ReadonlySet<string>, place: string): readonly string[] {
  return [...ids].map(
    (id) =>
      `${place} reports proposal ${id} as open, although it was completed or absent before: the node behind it may lag. The report counts once it has lasted longer than a node may lag.`,
  )
}
