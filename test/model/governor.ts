import fc from 'fast-check'
import { answerEvm, type EvmContent } from './evmNode.js'
import {
  type Action,
  courseOf,
  type GovernorProposal,
  type GovernorTruth,
  plansInForce,
  type State,
} from './governorChain.js'
import { address, answerOf, idOf, logsOf, type Shown } from './governorContract.js'
import { mined, upheaval } from './reorgs.js'
import { firstBlock, type System, twisted, type Twist, type View } from './story.js'
import { seldom, type StoryParts } from './storyOf.js'

// Governors of OpenZeppelin and Compound, on a chain with at most one reorg.

/** What a node says of a proposal that is not so. */
interface Tale {
  readonly state: 'true' | 'gone' | State
  readonly hidesEvents: boolean
  readonly event: Shown['events'][number] | undefined
  readonly twist: Twist
}
export interface Lie {
  /** By the place of the proposal. */
  readonly about: readonly (Tale | undefined)[]
  readonly invented: GovernorProposal | undefined
  readonly isAstray: boolean
}
type Seen = View<GovernorTruth, Lie>

const content: EvmContent<GovernorTruth, Lie> = {
  address,
  reorgs: ({ reorgs }) => reorgs,
  logs: (view) =>
    shownBy(view, view.real)
      .flatMap((shown) => logsOf(shown, view.timeOf))
      .toSorted((a, b) => a.block - b.block),
  call: (view, { data }, block) =>
    answerOf(view.truth.flavour, shownBy(view, Math.min(block, view.real)), { block, timeOf: view.timeOf })(data),
  isAstray: ({ isAstray }) => isAstray,
}

export const governor: System<GovernorTruth, Lie> = {
  profile: 'cosmovisor',
  chain: () => ({ governance: { system: 'governor', address, fromBlock: firstBlock - 50 } }),
  answer: (view, request) => answerEvm(content, view, request),
  inForce: plansInForce,
}

function shownBy({ truth, real, mood: { lie } }: Seen, block: number): readonly Shown[] {
  const honest = truth.proposals.flatMap((proposal, place): readonly Shown[] => {
    const course = courseOf(truth, proposal, real, block)
    if (course === undefined) return []
    const { state = 'true', hidesEvents = false, event, twist = {} } = lie?.about[place] ?? {}
    const more = event === undefined || event.block > block ? [] : [event]
    return [
      {
        id: idOf(truth.flavour, proposal, place),
        proposal: { ...proposal, plan: proposal.plan && twisted(proposal.plan, twist) },
        course,
        state: state === 'true' ? course.state : state,
        events: [...(hidesEvents ? [] : course.events), ...more],
      },
    ]
  })
  const invented = lie?.invented
  const course = invented && courseOf({ reorgs: [], grace: undefined }, invented, real, block)
  if (invented === undefined || course === undefined) return honest
  const { state, events } = course
  return [...honest, { id: idOf(truth.flavour, invented, 89), proposal: invented, course, state, events }]
}

const option = <T>(one: fc.Arbitrary<T>, times: number): fc.Arbitrary<T | undefined> =>
  fc.option(one, { nil: undefined, freq: times })
const draft = fc
  .record({
    wait: fc.integer({ min: 0, max: 12 }),
    delay: fc.integer({ min: 1, max: 3 }),
    voting: fc.integer({ min: 4, max: 18 }),
    hasPlan: fc.constantFrom(true, true, true, false),
    isVotedFor: fc.constantFrom(true, true, true, true, false),
    queueAfter: option(fc.integer({ min: 2, max: 6 }), 6),
    executeAfter: option(fc.integer({ min: 1, max: 12 }), 3),
    cancelAfter: fc.constantFrom(undefined, undefined, undefined, 2, 12, 25, 40, 60),
    distance: fc.constantFrom(80, 95, 110, 125),
  })
  .map(({ delay, voting, isVotedFor, queueAfter = 0, executeAfter = 0, cancelAfter = 0, ...rest }) => {
    const end = delay + voting
    const sent: readonly { readonly action: Action; readonly after: number; readonly isSent: boolean }[] = [
      { action: 'create', after: 0, isSent: true },
      { action: 'vote', after: delay + 2, isSent: isVotedFor },
      { action: 'queue', after: end + queueAfter, isSent: queueAfter > 0 },
      { action: 'execute', after: end + queueAfter + executeAfter, isSent: executeAfter > 0 },
      { action: 'cancel', after: cancelAfter, isSent: cancelAfter > 0 },
    ]
    return { ...rest, delay, voting, sent: sent.filter(({ isSent }) => isSent) }
  })

const truth: fc.Arbitrary<GovernorTruth> = fc
  .record({
    flavour: fc.constantFrom<GovernorTruth['flavour']>('openzeppelin', 'bravo'),
    grace: fc.constantFrom(undefined, undefined, 15),
    first: fc.integer({ min: -8, max: 8 }),
    drafts: fc.array(draft, { minLength: 1, maxLength: 4, size: 'max' }),
    upheaval,
  })
  .map(({ flavour, grace, first, drafts, upheaval }) => {
    let submitted = firstBlock + first
    const planned = drafts.map(({ wait, sent, hasPlan, distance, ...proposal }, index) => {
      submitted += wait
      const name = `v${index + 1}`
      // Each has a height of its own.
      const plan = hasPlan ? { name, height: firstBlock + distance + index } : undefined
      const from = submitted
      return { ...proposal, name, plan, sent: sent.map(({ action, after }) => ({ action, block: from + after })) }
    })
    const { reorgs, all: proposals } = mined(planned, upheaval)
    return { flavour, grace, proposals, reorgs }
  })

const words = fc.constantFrom<Tale['state']>(
  'true',
  'true',
  'gone',
  ...(['active', 'canceled', 'defeated', 'succeeded', 'queued', 'expired', 'executed'] as const),
)
const tale = fc.record<Tale>({
  state: words,
  hidesEvents: fc.constantFrom(false, false, true),
  event: seldom<Tale['event']>(
    fc.record({
      action: fc.constantFrom<Action>('cancel', 'execute', 'queue'),
      block: fc.integer({ min: firstBlock, max: firstBlock + 100 }),
    }),
    undefined,
    3,
  ),
  twist: fc.constantFrom({}, {}, {}, { height: -15 }, { height: 9 }, { name: 'odd' }, { info: 'bad' }),
})
/** A proposal that only the liar knows. */
const evil = fc.constantFrom(3, 40).map((after): GovernorProposal => {
  const place = (block: number) => ({ block: firstBlock + after + block, branch: 0 })
  return {
    name: 'evil',
    plan: { name: 'evil', height: firstBlock + 100 },
    delay: 1,
    voting: 3,
    steps: [
      { action: 'create', ...place(0) },
      { action: 'vote', ...place(2) },
      { action: 'queue', ...place(6) },
      { action: 'execute', ...place(9) },
    ],
  }
})

export const governorParts: StoryParts<GovernorTruth, Lie> = {
  truth,
  lieAbout: ({ proposals }) =>
    fc.record({
      about: fc.array(option(tale, 1), { minLength: proposals.length, maxLength: proposals.length }),
      invented: seldom<GovernorProposal | undefined>(evil, undefined, 3),
      isAstray: fc.nat({ max: 9 }).map((drawn) => drawn === 9),
    }),
}
