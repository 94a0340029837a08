import fc from 'fast-check'
import { answerEvm, type EvmContent } from './evmNode.js'
import {
  type Action,
  type CouncilProposal,
  type CouncilTruth,
  coursesAt,
  isExpired,
  plansInForce,
  type State,
} from './govBaseChain.js'
import { address, answerOf, logsOf, type Shown } from './govBaseContract.js'
import { mined, upheaval } from './reorgs.js'
import { firstBlock, type System, type View } from './story.js'
import { seldom, type StoryParts } from './storyOf.js'

// A council whose proposals carry no plan: the operator has bound plans to their ids. Its chain has at most one reorg.

/** What a node says of a proposal that is not so. */
interface Tale {
  readonly state: 'true' | 'gone' | State
  /** Another content. */
  readonly tip: number | undefined
}
export interface Lie {
  /** By id, from 1 on. */
  readonly about: readonly (Tale | undefined)[]
  /** How many of the newest proposals it does not count, or counts too many if negative. */
  readonly hides: number
  readonly invented: CouncilProposal | undefined
  /** The share of the true lifetime that it reports, in percent. */
  readonly lifetime: number
  readonly hidesLogs: boolean
  readonly isAstray: boolean
}
type Seen = View<CouncilTruth, Lie>

const content: EvmContent<CouncilTruth, Lie> = {
  address,
  reorgs: ({ reorgs }) => reorgs,
  logs: (view) =>
    view.mood.lie?.hidesLogs === true
      ? []
      : shownBy(view, view.real)
          .flatMap(({ course }, place) => logsOf(course, place + 1))
          .toSorted((a, b) => a.block - b.block),
  call(view, { data }, block) {
    const { truth, mood, timeOf } = view
    const { hides = 0, lifetime = 100 } = mood.lie ?? {}
    const proposals = shownBy(view, Math.min(block, view.real))
    const count = Math.max(0, proposals.length - hides)
    const expiry = (timeOf(truth.lifetime) - timeOf(0)) * (lifetime / 100)
    return answerOf({
      proposals: proposals.slice(0, count),
      count,
      expiry: Math.round(expiry),
      isExpired: (course) => isExpired(course, block, truth.lifetime),
      timeOf,
    })(data)
  },
  isAstray: ({ isAstray }) => isAstray,
}

export const govBase: System<CouncilTruth, Lie> = {
  profile: 'cosmovisor',
  chain: (_, { plans }) => ({
    governance: { system: 'gov-base', address },
    plans: plans.flatMap((plan, place) => (plan === undefined ? [] : [{ proposal: String(place + 1), ...plan }])),
  }),
  answer: (view, request) => answerEvm(content, view, request),
  inForce: plansInForce,
  hides: ({ lie, lag, leap = 0 }) => lie !== undefined && (lie.hides > 0 || (lag > 0 && leap > 0)),
}

function shownBy({ truth, real, mood: { lie } }: Seen, block: number): readonly Shown[] {
  const honest = coursesAt(truth, real, block).map((course, place): Shown => {
    const { state = 'true', tip = course.proposal.tip } = lie?.about[place] ?? {}
    const told = { ...course, proposal: { ...course.proposal, tip } }
    return { course: told, state: state === 'true' ? course.state : state }
  })
  const invented = lie?.invented
  if (invented === undefined) return honest
  const more = coursesAt({ proposals: [invented], lifetime: truth.lifetime, reorgs: [] }, real, block)
  return [...honest, ...more.map((course) => ({ course, state: course.state }))]
}

type Ending = 'executed' | 'later' | 'stuck' | 'abandoned' | 'worn out' | 'rejected' | 'cancelled' | 'none'

/** What happens to a proposal after its creation, in order. */
const courses: Readonly<Record<Ending, readonly Action[]>> = {
  executed: ['approve', 'approve'],
  later: ['approve', 'approve', 'retry', 'retry'],
  stuck: ['approve', 'approve', 'retry'],
  abandoned: ['approve', 'approve', 'giveUp'],
  'worn out': ['approve', 'approve', 'retry', 'retry', 'retry'],
  rejected: ['reject', 'approve', 'reject'],
  cancelled: ['cancel'],
  none: ['approve'],
}
const failures: Readonly<Partial<Record<Ending, number>>> = { later: 2, stuck: 9, abandoned: 9, 'worn out': 9 }

const draft = fc
  .record({
    wait: fc.integer({ min: 0, max: 12 }),
    proposer: fc.constantFrom(0, 1),
    ending: fc.constantFrom<Ending>(
      'executed',
      'executed',
      'executed',
      'later',
      'stuck',
      'abandoned',
      'worn out',
      'rejected',
      'cancelled',
      'none',
    ),
    pauses: fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 5, maxLength: 5 }),
    expireAfter: fc.constantFrom(undefined, 40, 70),
    hasPlan: fc.constantFrom(true, true, true, false),
    distance: fc.constantFrom(80, 95, 110, 125),
  })
  .map(({ ending, pauses, expireAfter, ...rest }) => {
    let after = 0
    const sent: readonly { readonly action: Action; readonly after: number }[] = [
      { action: 'create', after: 0 },
      ...courses[ending].map((action, index) => ({ action, after: (after += pauses[index] ?? 1) })),
    ]
    const end = expireAfter === undefined ? [] : [{ action: 'expire' as const, after: expireAfter }]
    return { ...rest, failures: failures[ending] ?? 0, sent: [...sent, ...end] }
  })

const truth: fc.Arbitrary<CouncilTruth> = fc
  .record({
    first: fc.integer({ min: -8, max: 8 }),
    drafts: fc.array(draft, { minLength: 1, maxLength: 4, size: 'max' }),
    lifetime: fc.constantFrom(30, 60, 5_000),
    isForeseen: fc.boolean(),
    upheaval,
  })
  .map(({ first, drafts, lifetime, isForeseen, upheaval }) => {
    let created = firstBlock + first
    // Each has a height of its own.
    const plans = drafts.map(({ hasPlan, distance }, index) =>
      hasPlan ? { name: `v${index + 1}`, height: firstBlock + distance + index } : undefined,
    )
    const planned = drafts.map(({ wait, proposer, failures, sent }, index) => {
      created += wait
      const from = created
      return {
        tip: index + 1,
        proposer,
        failures,
        sent: sent.map(({ action, after }) => ({ action, block: from + after })),
      }
    })
    const { reorgs, all: proposals } = mined(planned, upheaval)
    const foreseen = isForeseen ? [{ name: 'evil', height: firstBlock + 100 }] : []
    return { proposals, plans: [...plans, ...foreseen], lifetime, reorgs }
  })

const tale = fc.record<Tale>({
  state: fc.constantFrom(
    'true',
    'true',
    'gone',
    ...(['voting', 'approved', 'executed', 'cancelled', 'expired', 'failed', 'rejected', 'unknown'] as const),
  ),
  tip: seldom(fc.constantFrom<number | undefined>(77), undefined, 3),
})
/** A proposal that only the liar knows. */
const evil = fc.constantFrom(3, 40).map((after): CouncilProposal => {
  const place = (block: number) => ({ block: firstBlock + after + block, branch: 0 })
  return {
    tip: 99,
    proposer: 0,
    failures: 0,
    steps: [
      { action: 'create', ...place(0) },
      { action: 'approve', ...place(2) },
      { action: 'approve', ...place(5) },
    ],
  }
})

export const govBaseParts: StoryParts<CouncilTruth, Lie> = {
  truth,
  lieAbout: ({ proposals }) =>
    fc.record<Lie>({
      about: fc.array(fc.option(tale, { nil: undefined, freq: 1 }), {
        minLength: proposals.length,
        maxLength: proposals.length,
      }),
      hides: fc.constantFrom(0, 0, 0, 0, 1, 2, -1, -200_000),
      invented: seldom<CouncilProposal | undefined>(evil, undefined, 3),
      lifetime: fc.constantFrom(100, 100, 100, 20, 900),
      hidesLogs: fc.nat({ max: 5 }).map((drawn) => drawn === 5),
      isAstray: fc.nat({ max: 9 }).map((drawn) => drawn === 9),
    }),
}
