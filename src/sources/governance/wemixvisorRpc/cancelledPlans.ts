import { keyOf, type Proposal } from '../../../domain/proposals/proposal.js'
import type { KeyedPlanStanding } from '../../../domain/reading.js'
import type { CancelledPlan, Cursor } from './cursor.js'
import { contract, type Decoded } from './toProposal.js'

/**
 * The plans that a passed cancellation has withdrawn. A cancellation ends the plan that was scheduled at that time: the
 * plan of the proposal that passed last before it.
 *
 * Which plan that is follows from what is known, so it is decided anew in each reading that contains the cancellation:
 * an earlier answer may have left out the right plan, or reported a wrong one. What is not read this time stays as it
 * was. A withdrawal ends only with a cancellation that is read and has not passed, or if one of both proposals is in
 * `gone`: the nodes no longer know it.
 */
export function cancelPlans(
  known: readonly CancelledPlan[],
  all: readonly Decoded[],
  gone: ReadonlySet<string> = new Set(),
): readonly CancelledPlan[] {
  const cancellations = all.filter(({ isCancellation }) => isCancellation)
  const undone = new Set(cancellations.filter((one) => !hasPassed(one)).map(({ proposal: { id } }) => id))
  const read = new Set(all.map(({ proposal: { id } }) => id))
  const plans = all.filter((one) => one.proposal.finding !== undefined && mayBeScheduled(one))
  const kept = known.filter(({ id, by }) => !undone.has(by) && !gone.has(by) && !gone.has(id))
  const passed = new Map(cancellations.filter(hasPassed).map((one) => [one.proposal.id, one]))
  const others = kept.filter(({ by }) => !passed.has(by)).map((one) => asReadNow(one, plans))
  return [
    ...others,
    ...[...passed.values()].flatMap((canceling) => {
      const before = kept.filter(({ by }) => by === canceling.proposal.id)
      // A plan that is not read now may still be the right one, and no other can be compared with it.
      if (before.some(({ id }) => !read.has(id))) return before.map((one) => asReadNow(one, plans))
      const [last] = plans.filter((one) => inOrder(one, canceling) < 0).sort((a, b) => inOrder(b, a))
      // Without another plan the entry is kept: the cancellation may be in no list that is read next time.
      return last === undefined ? before : withdrawnBy(canceling.proposal.id, last)
    }),
  ]
}

/** The entry with the plan that the proposal has now: other nodes may have corrected it. */
function asReadNow(one: CancelledPlan, plans: readonly Decoded[]): CancelledPlan {
  const [now = one] = plans.filter(({ proposal: { id } }) => id === one.id).flatMap((plan) => withdrawnBy(one.by, plan))
  return now
}

function withdrawnBy(by: string, { proposal: { id, finding } }: Decoded): readonly CancelledPlan[] {
  return finding === undefined ? [] : [{ id, name: finding.plan.name, height: finding.plan.height ?? 0, by }]
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
