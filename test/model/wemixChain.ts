import { isOnChain, type Mined, type Reorg } from './reorgs.js'
import type { Plan } from './story.js'

// What the members of a WEMIX chain decide: ballots are numbered as they are created, and one at a time is voted on.

export type Action = 'create' | 'accept' | 'reject' | 'cancel' | 'close'

export interface WemixBallot {
  readonly plan: Plan | undefined
  /** 1 or 2. */
  readonly creator: number
  /** Blocks of the vote. */
  readonly voting: number
  /** Its transactions, in the order of their blocks. Those that do not fit change nothing. */
  readonly steps: readonly Mined<Action>[]
}

export interface WemixTruth {
  readonly ballots: readonly WemixBallot[]
  readonly reorgs: readonly Reorg[]
}

export const states = { ready: 1, voting: 2, accepted: 3, rejected: 4, canceled: 5 } as const
export type State = keyof typeof states

/** A ballot as it is at a block. */
export interface Course {
  readonly ballot: WemixBallot
  readonly state: State
  /** Blocks of the vote; 0 before it. */
  readonly start: number
  readonly end: number
  /** Shares of 10,000. */
  readonly accepts: number
  readonly rejects: number
}

interface Vote {
  /** The place of its ballot among the courses. */
  readonly at: number
  readonly isFor: boolean
  readonly block: number
}

/** The state of the contracts: the ballots in the order of their ids, and the votes in the order of theirs. */
export interface WemixState {
  readonly courses: readonly Course[]
  readonly votes: readonly Vote[]
}

/** The power of each of the three members, and what decides a ballot. */
export const power = 3_333
export const threshold = 5_100

/** The state at a block of the chain whose newest block is `newest`. */
export function stateAt({ ballots, reorgs }: WemixTruth, newest: number, block: number): WemixState {
  const steps = ballots
    .flatMap((ballot) => ballot.steps.map((step) => ({ ...step, ballot })))
    .filter((step) => step.block <= block && isOnChain(reorgs, step, newest))
    .toSorted((a, b) => a.block - b.block)
  return steps.reduce<WemixState>((state, step) => stateAfter(state, step), { courses: [], votes: [] })
}

function stateAfter(
  state: WemixState,
  { action, block, ballot }: Mined<Action> & { readonly ballot: WemixBallot },
): WemixState {
  const at = state.courses.findIndex((one) => one.ballot === ballot)
  const course = state.courses[at]
  if (action === 'create') {
    if (course !== undefined) return state
    return {
      ...state,
      courses: [...state.courses, { ballot, state: 'ready', start: 0, end: 0, accepts: 0, rejects: 0 }],
    }
  }
  const isBusy = state.courses.some((one) => one.state === 'voting')
  const after = course && courseAfter(course, action, block, isBusy)
  if (after === undefined) return state
  const vote = { at, isFor: action === 'accept', block }
  return {
    courses: state.courses.with(at, after),
    votes: action === 'accept' || action === 'reject' ? [...state.votes, vote] : state.votes,
  }
}

/** The ballot after a transaction; `undefined` if it is refused. */
function courseAfter(course: Course, action: Action, block: number, isBusy: boolean): Course | undefined {
  const { state, end, ballot } = course
  if (action === 'cancel') return state === 'ready' ? { ...course, state: 'canceled' } : undefined
  if (action === 'close') return state === 'voting' && block > end ? { ...course, state: 'rejected' } : undefined
  const begun = state === 'ready' && !isBusy ? { ...course, start: block, end: block + ballot.voting } : course
  if (begun.end < block || (state !== 'ready' && state !== 'voting') || begun.start === 0) return undefined
  const accepts = begun.accepts + (action === 'accept' ? power : 0)
  const rejects = begun.rejects + (action === 'reject' ? power : 0)
  const result = accepts >= threshold ? 'accepted' : rejects >= threshold ? 'rejected' : 'voting'
  return { ...begun, accepts, rejects, state: result }
}

/** The plans of accepted ballots, and of those that were accepted when the heights of their plans came. */
export function plansInForce(truth: WemixTruth, newest: number): readonly Plan[] {
  return truth.ballots.flatMap((ballot) => {
    const { plan } = ballot
    if (plan === undefined) return []
    const { courses } = stateAt(truth, newest, Math.min(newest, plan.height))
    return courses.some((one) => one.ballot === ballot && one.state === 'accepted') ? [plan] : []
  })
}
