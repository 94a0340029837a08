import { keyOf, type Proposal } from '../../../domain/proposals/proposal.js'
import type { KeyedPlanStanding } from '../../../domain/reading.js'
import type { CancelledPlan, Cursor } from './cursor.js'
import { contract, type Decoded } from './toProposal.js'

/**
 * The plans that a passed cancellation has withdrawn. A cancellation ends the plan that was scheduled at that time: the
 * plan of the proposal that passed last before it.
 *
 * A withdrawn plan stays withdrawn even if one of the two proposals is not read this time. If another plan turns out to
 * have passed between them, that one is withdrawn as well. Only a cancellation that is read and has not passed reverts
 * this.
 */
export function cancelPlans(known: readonly CancelledPlan[], all: readonly Decoded[]): readonly CancelledPlan[] {
  const cancellations = all.filter(({ isCancellation }) => isCancellation)
  const undone = new Set(cancellations.filter((one) => !hasPassed(one)).map(({ proposal: { id } }) => id))
  const kept = known.filter(({ by }) => !undone.has(by))
  const told = new Set(kept.map(({ id, by }) => `${id} ${by}`))
  const plans = all.filter((one) => one.proposal.finding !== undefined && mayBeScheduled(one))
  const added = cancellations.filter(hasPassed).flatMap((canceling): readonly CancelledPlan[] => {
    const by = canceling.proposal.id
    const [last] = plans.filter((one) => inOrder(one, canceling) < 0).sort((a, b) => inOrder(b, a))
    const { id = '', finding } = last?.proposal ?? {}
    return finding === undefined || told.has(`${id} ${by}`)
      ? []
      : [{ id, name: finding.plan.name, height: finding.plan.height ?? 0, by }]
  })
  return [...kept, ...added]
}

/** The standings of the plans that are withdrawn now, and of those that were before and no longer are. */
export function verdictsOf(
  chain: string,
  before: readonly CancelledPlan[],
  now: readonly CancelledPlan[],
): readonly KeyedPlanStanding[] {
  const off = new Set(now.map(({ id }) => id))
  const key = (id: string): string => keyOf({ chain, contract, id })
  return [
    ...before.filter(({ id }) => !off.has(id)).map(({ id, name, height }) => ({ key: key(id), name, height })),
    ...now.map(({ id, name, height, by }) => ({
      key: key(id),
      name,
      height,
      withdrawn: `Proposal ${by} cancelled it.`,
    })),
  ]
}

/** The order in which votes end. Votes that end together, or at unknown times, are ordered by id. */
export function inOrder({ proposal: a }: Decoded, { proposal: b }: Decoded): number {
  const [first, second] =
    a.votingEnd === undefined || b.votingEnd === undefined || a.votingEnd === b.votingEnd
      ? [numberOf(a), numberOf(b)]
      : [a.votingEnd, b.votingEnd]
  return first < second ? -1 : first > second ? 1 : 0
}

function numberOf({ id }: Decoded['proposal']): bigint {
  return /^[0-9]+$/.test(id) ? BigInt(id) : 0n
}

function hasPassed({ proposal: { status } }: Decoded): boolean {
  return status === 'passed' || status === 'executed'
}

/** True if the proposal has passed, so that its plan may be scheduled; it may still wait for execution. */
export function mayBeScheduled(one: Decoded): boolean {
  return hasPassed(one) || one.proposal.status === 'queued'
}

/**
 * The proposals that were read before, and those that withdrew a plan but closed so long ago that they are no longer
 * followed.
 */
export function knownTo(
  cursor: Pick<Cursor, 'calledOff'> | undefined,
  open: readonly Proposal[],
): readonly Pick<Proposal, 'id' | 'status' | 'derived'>[] {
  if (cursor === undefined) return []
  const followed = new Set(open.map(({ id }) => id))
  const others = cursor.calledOff.map(({ by }) => by).filter((id) => !followed.has(id))
  return [...open, ...others.map((id) => ({ id, status: 'passed', derived: false }) as const)]
}
