import { isOnChain, type Mined, type Reorg } from './reorgs.js'
import type { Plan } from './story.js'

// What is decided by a governor whose votes are counted in blocks, and whose timelock queues what passed.

export type Action = 'create' | 'vote' | 'queue' | 'execute' | 'cancel'

export interface GovernorProposal {
  readonly name: string
  /** The upgrade that it schedules, if any. */
  readonly plan: Plan | undefined
  /** Blocks from the submission to the snapshot, and from there to the end of the vote. */
  readonly delay: number
  readonly voting: number
  /** Its transactions, in the order of their blocks. Those that do not fit change nothing. */
  readonly steps: readonly Mined<Action>[]
}

export interface GovernorTruth {
  /** OpenZeppelin identifies a proposal by the hash of its content; Bravo counts, and holds the calls. */
  readonly flavour: 'openzeppelin' | 'bravo'
  readonly proposals: readonly GovernorProposal[]
  /** Blocks after which a queued proposal expires. */
  readonly grace: number | undefined
  readonly reorgs: readonly Reorg[]
}

export const states = {
  pending: 0,
  active: 1,
  canceled: 2,
  defeated: 3,
  succeeded: 4,
  queued: 5,
  expired: 6,
  executed: 7,
} as const
export type State = keyof typeof states

/** A proposal as it is at a block. */
export interface Course {
  readonly state: State
  readonly created: number
  readonly start: number
  readonly end: number
  readonly hasVotes: boolean
  readonly queued: number | undefined
  /** The steps that had an effect, with their blocks. */
  readonly events: readonly { readonly action: Action; readonly block: number }[]
}

/** A proposal at a block of the chain whose newest block is `newest`; `undefined` before it is submitted. */
export function courseOf(
  { reorgs, grace }: Pick<GovernorTruth, 'reorgs' | 'grace'>,
  { steps, delay, voting }: GovernorProposal,
  newest: number,
  block: number,
): Course | undefined {
  let course: Course | undefined
  for (const { action, ...place } of steps) {
    if (place.block > block || !isOnChain(reorgs, place, newest)) continue
    const at = place.block
    const before = course && { ...course, state: stateAt(course, at, grace) }
    if (action === 'create' && before === undefined) {
      const start = at + delay
      course = {
        state: 'pending',
        created: at,
        start,
        end: start + voting,
        hasVotes: false,
        queued: undefined,
        events: [],
      }
    } else if (before === undefined || !fits(action, before.state)) continue
    else course = after(before, action, at)
    course = { ...course, events: [...course.events, { action, block: at }] }
  }
  return course && { ...course, state: stateAt(course, block, grace) }
}

function fits(action: Action, state: State): boolean {
  switch (action) {
    case 'create':
      return false
    case 'vote':
      return state === 'active'
    case 'queue':
      return state === 'succeeded'
    case 'execute':
      return state === 'queued'
    case 'cancel':
      return state !== 'executed' && state !== 'canceled' && state !== 'defeated' && state !== 'expired'
  }
}

function after(course: Course, action: Action, block: number): Course {
  switch (action) {
    case 'vote':
      return { ...course, hasVotes: true }
    case 'queue':
      return { ...course, queued: block }
    case 'execute':
      return { ...course, state: 'executed' }
    case 'cancel':
      return { ...course, state: 'canceled' }
    case 'create':
      return course
  }
}

/** What is final stays; everything else follows from the clock. */
function stateAt({ state, start, end, hasVotes, queued }: Course, block: number, grace: number | undefined): State {
  if (state === 'executed' || state === 'canceled') return state
  if (queued !== undefined) return grace !== undefined && block > queued + grace ? 'expired' : 'queued'
  if (block <= start) return 'pending'
  if (block <= end) return 'active'
  return hasVotes ? 'succeeded' : 'defeated'
}

const passed: readonly State[] = ['succeeded', 'queued', 'executed']

/** The plans of proposals that have passed, and of those that had passed when the heights of their plans came. */
export function plansInForce(truth: GovernorTruth, newest: number): readonly Plan[] {
  return truth.proposals.flatMap((proposal) => {
    const { plan } = proposal
    if (plan === undefined) return []
    const course = courseOf(truth, proposal, newest, Math.min(newest, plan.height))
    return course !== undefined && passed.includes(course.state) ? [plan] : []
  })
}
