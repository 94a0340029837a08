import { isActive, type Proposal, type ProposalStatus } from '../../../domain/proposals/proposal.js'
import { type Doubts, provenIn } from './doubts.js'

/** What an answer tells of a proposal. */
export interface Told {
  readonly id: string | bigint
  readonly status: ProposalStatus
}

/** Where a reading stands among the answers before it. */
export interface DoubtedAt {
  readonly doubts: Doubts | undefined
  readonly head: bigint
}

/**
 * Ids of the proposals whose vote an answer takes back: it has ended, and is told as going on. A vote ends once, and an
 * answer that names no height may be older than what was read before; so they stay as they are known until no server is
 * so far behind. Then it is what was read before that was wrong.
 */
export function takenBack(
  known: readonly Proposal[],
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

/** Whether a proposal comes from the one status to the other, and never back. */
function isBefore(one: ProposalStatus, other: ProposalStatus): boolean {
  return one !== other && (one === 'submitted' || (one === 'voting' && !isActive({ status: other })))
}

/** Says so, for the log. */
export function takenBackText(ids: ReadonlySet<string>, place: string): readonly string[] {
  return [...ids].map(
    (id) =>
      `${place} tells the vote of proposal ${id} as going on, and it had ended: the node that answers for it is behind. The proposal stays as it was read.`,
  )
}
