import { isOnChain, type Mined, type Reorg } from './reorgs.js'
import type { Plan } from './story.js'

// What the members of a GovBase contract decide: proposals are numbered as they are created, and expire silently.

export type Action = 'create' | 'approve' | 'reject' | 'retry' | 'giveUp' | 'cancel' | 'expire'

export interface CouncilProposal {
  /** The tip that it sets, which tells it from the others. */
  readonly tip: number
  /** The seat of its proposer. */
  readonly proposer: number
  /** How often its execution fails before it succeeds. */
  readonly failures: number
  /** Its transactions, in the order of their blocks. Those that do not fit change nothing. */
  readonly steps: readonly Mined<Action>[]
}

export interface CouncilTruth {
  readonly proposals: readonly CouncilProposal[]
  /** The plans that the operator has bound to proposals, in the order of their ids from 1 on. */
  readonly plans: readonly (Plan | undefined)[]
  /** Blocks after which a proposal expires. */
  readonly lifetime: number
  readonly reorgs: readonly Reorg[]
}

/** The numbers of the contract; every one above is of no known state. */
export const states = {
  voting: 1,
  approved: 2,
  executed: 3,
  cancelled: 4,
  expired: 5,
  failed: 6,
  rejected: 7,
  unknown: 8,
} as const
export type State = keyof typeof states

/** A proposal as it is recorded after a block. */
export interface Course {
  readonly proposal: CouncilProposal
  readonly created: number
  readonly state: State
  readonly votes: readonly { readonly seat: number; readonly isFor: boolean; readonly block: number }[]
  readonly attempts: number
  /** What it logged, with its blocks; the creation and the votes are not among them. */
  readonly events: readonly { readonly action: 'executed' | 'unexecuted' | 'expired'; readonly block: number }[]
}

export const seats = 4
export const required = 3
export const maxAttempts = 3

/** The proposals after a block of the chain whose newest block is `newest`, in the order of their ids. */
export function coursesAt(
  { proposals, lifetime, reorgs }: Omit<CouncilTruth, 'plans'>,
  newest: number,
  block: number,
): readonly Course[] {
  return proposals
    .flatMap((proposal) => proposal.steps.map((step) => ({ ...step, proposal })))
    .filter((step) => step.block <= block && isOnChain(reorgs, step, newest))
    .toSorted((a, b) => a.block - b.block)
    .reduce<readonly Course[]>((courses, { action, block: at, proposal }) => {
      const place = courses.findIndex((one) => one.proposal === proposal)
      const course = courses[place]
      if (course !== undefined) return courses.with(place, after(course, action, at, lifetime))
      if (action !== 'create') return courses
      const created: Course = { proposal, created: at, state: 'voting', votes: [], attempts: 0, events: [] }
      return [...courses, voted(created, true, at)]
    }, [])
}

function isOpen({ state }: Pick<Course, 'state'>): boolean {
  return state === 'voting' || state === 'approved'
}

/** True if it has expired, whether the contract has recorded that or not. */
export function isExpired(course: Course, block: number, lifetime: number): boolean {
  return course.state === 'expired' || (isOpen(course) && block > course.created + lifetime)
}

/** A transaction that the contract refuses changes nothing; one for an expired proposal records that. */
function after(course: Course, action: Action, block: number, lifetime: number): Course {
  if (!isOpen(course) || action === 'create') return course
  if (isExpired(course, block, lifetime))
    return { ...course, state: 'expired', events: [...course.events, { action: 'expired', block }] }
  const { state, votes } = course
  switch (action) {
    case 'approve':
    case 'reject':
      return state === 'voting' ? voted(course, action === 'approve', block) : course
    case 'cancel':
      return state === 'voting' && votes.length === 1 ? { ...course, state: 'cancelled' } : course
    case 'retry':
      if (state !== 'approved') return course
      return course.attempts >= maxAttempts ? { ...course, state: 'failed' } : executed(course, block)
    case 'giveUp': {
      if (state !== 'approved') return course
      const last = executed(course, block)
      return last.state === 'executed' ? last : { ...last, state: 'failed' }
    }
    case 'expire':
      return course
  }
}

/** The seats vote in turn, the proposer first; the deciding approval also executes. */
function voted(course: Course, isFor: boolean, block: number): Course {
  const seat = (course.proposal.proposer + course.votes.length) % seats
  const votes = [...course.votes, { seat, isFor, block }]
  const after = { ...course, votes }
  if (approvals(after) >= required) return executed({ ...after, state: 'approved' }, block)
  return votes.length - approvals(after) > seats - required ? { ...after, state: 'rejected' } : after
}

export function approvals({ votes }: Pick<Course, 'votes'>): number {
  return votes.filter(({ isFor }) => isFor).length
}

function executed(course: Course, block: number): Course {
  const isDone = course.attempts >= course.proposal.failures
  return {
    ...course,
    state: isDone ? 'executed' : 'approved',
    attempts: course.attempts + 1,
    events: [...course.events, { action: isDone ? 'executed' : 'unexecuted', block }],
  }
}

/** The plans whose proposals are approved or executed, and those of which that was so when their heights came. */
export function plansInForce(truth: CouncilTruth, newest: number): readonly Plan[] {
  return truth.plans.flatMap((plan, place) => {
    if (plan === undefined) return []
    const block = Math.min(newest, plan.height)
    const course = coursesAt(truth, newest, block)[place]
    if (course === undefined || isExpired(course, block, truth.lifetime)) return []
    return course.state === 'approved' || course.state === 'executed' ? [plan] : []
  })
}
