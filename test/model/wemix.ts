import fc from 'fast-check'
import { encodeAbiParameters, type Hex, isAddressEqual, keccak256, parseAbiParameters, stringToHex, toHex } from 'viem'
import { type CallResult, contractOf, returned, reverted, words } from './evmCalls.js'
import { answerEvm, type EvmContent } from './evmNode.js'
import { mined, upheaval } from './reorgs.js'
import { firstBlock, type System, twisted, type Twist, type View } from './story.js'
import { seldom, type StoryParts } from './storyOf.js'
import {
  type Action,
  type Course,
  plansInForce,
  power,
  type State,
  stateAt,
  states,
  threshold,
  type WemixBallot,
  type WemixState,
  type WemixTruth,
} from './wemixChain.js'

// A WEMIX chain, whose members vote on ballots that carry a plan in their memo.

/** What a node says of a ballot that is not so. */
interface Tale {
  readonly state: 'true' | 'gone' | State
  readonly twist: Twist
}
interface Lie {
  /** By the place of the ballot in the story. */
  readonly about: readonly (Tale | undefined)[]
  /** Ballots at the end of the list that it leaves out. */
  readonly hides: number
  readonly invented: WemixBallot | undefined
  readonly isAstray: boolean
}
type Seen = View<WemixTruth, Lie>

const addresses = {
  registry: '0x00000000000000000000000000000000000000a1',
  GovernanceContract: '0x00000000000000000000000000000000000000b2',
  BallotStorage: '0x00000000000000000000000000000000000000c3',
  EnvStorage: '0x00000000000000000000000000000000000000d4',
} as const
const members = [1n, 2n, 3n].map((member) => 0xe0n + member)

const content: EvmContent<WemixTruth, Lie> = {
  address: addresses.GovernanceContract,
  reorgs: ({ reorgs }) => reorgs,
  logs: () => [],
  call(view, { to, data }, block) {
    const shown = shownBy(view, Math.min(block, view.real))
    if (isAddressEqual(to, addresses.registry)) return registry(data)
    if (isAddressEqual(to, addresses.GovernanceContract)) return governanceOf(shown)(data)
    return isAddressEqual(to, addresses.BallotStorage) ? ballotsOf(shown, view)(data) : reverted
  },
  isAstray: ({ isAstray }) => isAstray,
}

export const wemix: System<WemixTruth, Lie> = {
  profile: 'cosmovisor',
  chain: () => ({ governance: { system: 'wemix', address: addresses.registry } }),
  answer: (view, request) => answerEvm(content, view, request),
  inForce: plansInForce,
}

/** A ballot as a node presents it. */
type ShownBallot = Omit<Course, 'state'> & { readonly state: 'gone' | State }
type Shown = Pick<WemixState, 'votes'> & { readonly ballots: readonly ShownBallot[] }

function shownBy({ truth, real, mood: { lie } }: Seen, block: number): Shown {
  const { courses, votes } = stateAt(truth, real, block)
  const told = courses.map((course): ShownBallot => {
    const { state = 'true', twist = {} } = lie?.about[truth.ballots.indexOf(course.ballot)] ?? {}
    const plan = course.ballot.plan && twisted(course.ballot.plan, twist)
    return { ...course, ballot: { ...course.ballot, plan }, state: state === 'true' ? course.state : state }
  })
  const { invented, hides = 0 } = lie ?? {}
  const more = invented === undefined ? [] : stateAt({ ballots: [invented], reorgs: [] }, real, block).courses
  return { ballots: [...told.slice(0, Math.max(0, told.length - hides)), ...more], votes }
}

/** "Wemix Registry" in bytes. */
const magic = BigInt(stringToHex('Wemix Registry'))
const byName = new Map(
  (['GovernanceContract', 'BallotStorage', 'EnvStorage'] as const).map((name) => [
    BigInt(stringToHex(name, { size: 32 })),
    BigInt(addresses[name]),
  ]),
)
const registry = contractOf({
  'magic()': () => words(magic),
  'contracts(bytes32)': (name) => words(byName.get(name) ?? 0n),
})

function governanceOf({ ballots, votes }: Shown): (data: Hex) => CallResult {
  return contractOf({
    'ballotLength()': () => words(BigInt(ballots.length)),
    'voteLength()': () => words(BigInt(votes.length)),
    'getBallotInVoting()': () => words(BigInt(ballots.findIndex(({ state }) => state === 'voting') + 1)),
    'getThreshold()': () => words(BigInt(threshold)),
    'getMemberLength()': () => words(BigInt(members.length)),
    'getVoter(uint256)': (index) => words(members[Number(index) - 1] ?? 0n),
  })
}

const basic = parseAbiParameters(
  'uint256, uint256, uint256, address, bytes, uint256, uint256, uint256, uint256, bool, uint256',
)
const nobody = '0x0000000000000000000000000000000000000000'
const nothing = encodeAbiParameters(basic, [0n, 0n, 0n, nobody, '0x', 0n, 0n, 0n, 0n, false, 0n])
const variable = encodeAbiParameters(parseAbiParameters('bytes32, uint256, bytes'), [
  keccak256(toHex('blockCreationTime')),
  2n,
  encodeAbiParameters([{ type: 'uint256' }], [1n]),
])

function ballotsOf({ ballots, votes }: Shown, { timeOf }: Seen): (data: Hex) => CallResult {
  const find = (id: bigint): ShownBallot | undefined => {
    const found = ballots[Number(id) - 1]
    return found?.state === 'gone' ? undefined : found
  }
  /** Members vote in turn. */
  const voterOf = (index: number): bigint => {
    const before = votes.slice(0, index).filter(({ at }) => at === votes[index]?.at)
    return members[before.length] ?? 0n
  }
  return contractOf({
    'getBallotBasic(uint256)': (id) => {
      const found = find(id)
      return returned(found === undefined ? nothing : basicOf(found, timeOf))
    },
    'getBallotVariable(uint256)': (id) => (find(id) === undefined ? reverted : returned(variable)),
    'getVote(uint256)': (id) => {
      const vote = votes[Number(id) - 1]
      if (vote === undefined) return words(0n, 0n, 0n, 0n, 0n, 0n)
      const { at, isFor, block } = vote
      return words(id, BigInt(at + 1), voterOf(Number(id) - 1), isFor ? 1n : 2n, BigInt(power), BigInt(timeOf(block)))
    },
    'hasAlreadyVoted(uint56,address)': (id, all) => {
      const voter = BigInt(`0x${all.slice(66, 130)}`)
      return words(votes.some(({ at }, index) => BigInt(at + 1) === id && voterOf(index) === voter))
    },
  })
}

function basicOf({ ballot, state, start, end, accepts, rejects }: ShownBallot, timeOf: (block: number) => number): Hex {
  const { plan, creator, voting } = ballot
  const timeAt = (block: number): bigint => (start === 0 ? 0n : BigInt(timeOf(block)))
  const number = state === 'gone' ? 0 : states[state]
  return encodeAbiParameters(basic, [
    timeAt(start),
    timeAt(end),
    5n,
    toHex(0xf0 + creator, { size: 20 }),
    toHex(plan === undefined ? 'No plan.' : JSON.stringify(plan)),
    BigInt((accepts + rejects) / power),
    BigInt(accepts),
    BigInt(rejects),
    BigInt(number),
    number > states.voting,
    BigInt(timeOf(voting) - timeOf(0)),
  ])
}

const draft = fc
  .record({
    wait: fc.integer({ min: 0, max: 12 }),
    creator: fc.constantFrom(1, 2),
    voting: fc.integer({ min: 6, max: 18 }),
    hasPlan: fc.constantFrom(true, true, true, false),
    startAfter: fc.integer({ min: 1, max: 8 }),
    decideAfter: fc.integer({ min: 1, max: 6 }),
    ending: fc.constantFrom('accept', 'accept', 'accept', 'accept', 'reject', 'cancel', 'none'),
    distance: fc.constantFrom(80, 95, 110, 125),
  })
  .map(({ startAfter, decideAfter, ending, ...rest }) => {
    const decided = startAfter + decideAfter
    const sent: readonly { readonly action: Action; readonly after: number }[] = [
      { action: 'create', after: 0 },
      ...(ending === 'cancel'
        ? [{ action: 'cancel' as const, after: startAfter }]
        : [
            { action: ending === 'reject' ? ('reject' as const) : ('accept' as const), after: startAfter },
            ...(ending === 'none' ? [] : [{ action: ending, after: decided }]),
          ]),
      { action: 'close', after: startAfter + rest.voting + 5 },
    ]
    return { ...rest, sent }
  })

const truth: fc.Arbitrary<WemixTruth> = fc
  .record({
    first: fc.integer({ min: -8, max: 8 }),
    drafts: fc.array(draft, { minLength: 1, maxLength: 4, size: 'max' }),
    upheaval,
  })
  .map(({ first, drafts, upheaval }) => {
    let created = firstBlock + first
    const planned = drafts.map(({ wait, sent, hasPlan, distance, ...ballot }, index) => {
      created += wait
      const from = created
      // Each has a height of its own.
      const plan = hasPlan ? { name: `v${index + 1}`, height: firstBlock + distance + index } : undefined
      return { ...ballot, plan, sent: sent.map(({ action, after }) => ({ action, block: from + after })) }
    })
    const { reorgs, all: ballots } = mined(planned, upheaval)
    return { ballots, reorgs }
  })

const tale = fc.record<Tale>({
  state: fc.constantFrom('true', 'true', 'gone', 'ready', 'voting', 'accepted', 'accepted', 'rejected', 'canceled'),
  twist: fc.constantFrom({}, {}, {}, { height: -15 }, { height: 9 }, { name: 'odd' }, { info: 'bad' }),
})
/** A ballot that only the liar knows. */
const evil = fc.constantFrom(3, 40).map((after): WemixBallot => {
  const place = (block: number) => ({ block: firstBlock + after + block, branch: 0 })
  return {
    plan: { name: 'evil', height: firstBlock + 100 },
    creator: 1,
    voting: 10,
    steps: [
      { action: 'create', ...place(0) },
      { action: 'accept', ...place(2) },
      { action: 'accept', ...place(5) },
    ],
  }
})

export const wemixParts: StoryParts<WemixTruth, Lie> = {
  truth,
  lieAbout: ({ ballots }) =>
    fc.record({
      about: fc.array(fc.option(tale, { nil: undefined, freq: 1 }), {
        minLength: ballots.length,
        maxLength: ballots.length,
      }),
      hides: fc.constantFrom(0, 0, 0, 0, 1, 2),
      invented: seldom<WemixBallot | undefined>(evil, undefined, 3),
      isAstray: fc.nat({ max: 9 }).map((drawn) => drawn === 9),
    }),
}
