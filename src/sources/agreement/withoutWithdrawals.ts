import type { PlanFinding } from '../../domain/plans/plan.js'
import { defined } from '../../domain/defined.js'
import { keyOf, type Proposal } from '../../domain/proposals/proposal.js'
import { proposalContent } from '../../domain/proposals/proposalContent.js'
import type { GoodReading, KeyedPlanStanding } from '../../domain/reading.js'
import { claimText, type Withdrawal } from './withdrawals.js'

/** A withdrawal that can be left out of a reading, because the proposal is known. */
export type KnownWithdrawal = Extract<Withdrawal, { readonly isKnown: true }>

export type HeldWithdrawal = KnownWithdrawal & {
  /** True if enough nodes report that the proposal stands. */
  readonly isDenied: boolean
}

/**
 * Returns the reading without these withdrawals: each proposal keeps its status and is not retracted. Unless enough
 * nodes deny the withdrawal, its plan is marked as unsure, which says why. Everything else that was read is kept, the
 * progress of these proposals included.
 */
export function withoutWithdrawals(
  reading: GoodReading,
  held: readonly HeldWithdrawal[],
  agreement: number,
): GoodReading {
  const heldBy = new Map(held.map((one) => [keyOf(one.proposal), one]))
  const read = new Map(reading.proposals.map((proposal) => [keyOf(proposal), proposal]))
  for (const [key, one] of heldBy) read.set(key, withoutWithdrawal(read.get(key), one, agreement))
  const { standings } = reading
  return {
    ...reading,
    proposals: [...read.values()],
    retracted: reading.retracted.filter((key) => !heldBy.has(key)),
    ...(standings !== undefined && {
      standings: standings.map((standing) => withoutEnd(standing, heldBy.get(standing.key), agreement)),
    }),
  }
}

function withoutWithdrawal(after: Proposal | undefined, held: HeldWithdrawal, agreement: number): Proposal {
  const { proposal: before } = held
  // An id that a reorg gave to another proposal must not get the status of the former one.
  const isSame = after !== undefined && proposalContent(after) === proposalContent(before)
  const { closedAt: _closed, carriedOut: _done, notUnderstood: _answer, finding, ...rest } = isSame ? after : before
  const { status, derived, carriedOut } = before
  return {
    ...rest,
    status,
    derived,
    ...defined({ carriedOut, finding: finding && doubted(finding, held, agreement) }),
  }
}

function doubted(finding: PlanFinding, held: HeldWithdrawal, agreement: number): PlanFinding {
  const { withdrawn: _after, applied: _end, unsure: _before, ...rest } = finding
  const { withdrawn, applied } = held.proposal.finding ?? {}
  return { ...rest, ...defined({ withdrawn, applied, unsure: doubtText(held, agreement) }) }
}

function withoutEnd(
  standing: KeyedPlanStanding,
  held: HeldWithdrawal | undefined,
  agreement: number,
): KeyedPlanStanding {
  if (held === undefined) return standing
  const { withdrawn: _withdrawn, applied: _applied, unsure: _unsure, ...rest } = standing
  const { withdrawn, applied } = held.proposal.finding ?? {}
  return { ...rest, ...defined({ withdrawn, applied, unsure: doubtText(held, agreement) }) }
}

/**
 * Says why a plan is in doubt, if it is. It names no node, so that it stays the same if another node is read the next
 * time.
 */
function doubtText({ proposal: { id }, claim, isDenied }: HeldWithdrawal, agreement: number): string | undefined {
  if (isDenied) return undefined
  return `A node reports that proposal ${id} ${claimText(claim)}, and fewer than ${agreement} nodes confirm it.`
}
