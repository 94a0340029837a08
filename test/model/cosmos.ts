import fc from 'fast-check'
import { unserved } from '../support/servers/cosmos/answer.js'
import {
  type ChainProposal,
  type CosmosChain,
  newCosmosChain,
  newProposal,
  timeOf as isoOf,
} from '../support/servers/cosmos/chain.js'
import { cometRoute } from '../support/servers/cosmos/cometRoutes.js'
import { govRoute } from '../support/servers/cosmos/govRoutes.js'
import { upgradeMessage } from '../support/servers/cosmos/messages.js'
import { moduleRoute } from '../support/servers/cosmos/moduleRoutes.js'
import { type CosmosProposal, type CosmosState, type CosmosTruth, stateAfter } from './cosmosChain.js'
import { firstBlock, type NodeAnswer, type Plan, type System, twisted, type Twist, type View } from './story.js'
import { seldom, type StoryParts } from './storyOf.js'

// A chain of the Cosmos SDK, whose servers may lie about proposals, the scheduled plan and the applied ones.

type Word = ChainProposal['status']
interface Tale {
  readonly word: 'true' | 'gone' | Word
  readonly twist: Twist
}
interface Lie {
  /** What it says of each proposal, by place. */
  readonly about: readonly (Tale | undefined)[]
  readonly plan: 'true' | 'none' | 'low' | 'info' | Plan
  readonly applied: readonly string[]
  readonly hidesHeight: boolean
  readonly invented: CosmosProposal | undefined
}

export const cosmos: System<CosmosTruth, Lie> = {
  profile: 'cosmovisor',
  chain: (rest) => ({ rpc: { chainId: 'cosmoshub-4' }, governance: { system: 'cosmos', rest } }),
  answer,
  // Without the file, the process manager does not start the binary that can execute the block.
  waitsFor(truth, newest) {
    const { plan } = stateAfter(truth, newest - 1)
    return truth.waits && plan?.height === newest && plan.name !== truth.skipped ? plan : undefined
  },
  inForce(truth, newest) {
    const { plan, due } = stateAfter(truth, newest)
    return plan === undefined ? due : [...due, plan]
  },
}

function answer(view: View<CosmosTruth, Lie>, { url }: { readonly url: URL }): NodeAnswer {
  const chain = chainOf(view)
  const told = cometRoute(chain, url) ?? govRoute(chain, url) ?? moduleRoute(chain, url.pathname) ?? unserved
  const isSilent = url.pathname === '/status' || view.mood.lie?.hidesHeight === true
  return isSilent
    ? told
    : {
        ...told,
        headers: { 'grpc-metadata-x-cosmos-block-height': String(view.isWaiting ? view.head - 1 : view.head) },
      }
}

/** The chain as a node presents it. */
function chainOf({ truth, real, head, isWaiting, mood, timeOf }: View<CosmosTruth, Lie>): CosmosChain {
  const state = stateAfter(truth, isWaiting ? real - 1 : real)
  const chain = newCosmosChain(mood.cutsLists === true ? 1 : 100)
  const { lie } = mood
  chain.height = head
  truth.proposals.forEach((proposal, place) => {
    const tale = lie?.about[place]
    const word = state.words.get(proposal.id)
    const told = tale === undefined || tale.word === 'true' ? word : tale.word
    if (told === undefined || told === 'gone') return
    const changed = { ...proposal, plan: twisted(proposal.plan, tale?.twist ?? {}) }
    chain.proposals.set(proposal.id, wireOf(changed, told, timeOf))
  })
  const invented = lie?.invented
  if (invented !== undefined) chain.proposals.set(invented.id, wireOf(invented, 'PASSED', timeOf))
  const plan = toldPlan(state, lie)
  chain.plan = plan === undefined ? null : { name: plan.name, height: String(plan.height), info: plan.info ?? '' }
  for (const [name, height] of state.applied) chain.applied.set(name, height)
  for (const name of lie?.applied ?? []) chain.applied.set(name, head)
  return chain
}

function toldPlan({ plan }: CosmosState, lie: Lie | undefined): Plan | undefined {
  switch (lie?.plan) {
    case undefined:
    case 'true':
      return plan
    case 'none':
      return undefined
    case 'low':
      return plan && twisted(plan, { height: -15 })
    case 'info':
      return plan && twisted(plan, { info: 'bad' })
    default:
      return lie?.plan
  }
}

function wireOf(
  { id, kind, plan: { name, height, info = '' }, submitted, end }: CosmosProposal,
  status: Word,
  timeOf: (block: number) => number,
): ChainProposal {
  const [begins, ends] = [isoOf(timeOf(submitted)), isoOf(timeOf(end))]
  const messages =
    kind === 'upgrade'
      ? [upgradeMessage(name, height, info)]
      : kind === 'cancel'
        ? [
            {
              '@type': '/cosmos.upgrade.v1beta1.MsgCancelUpgrade',
              authority: 'cosmos10d07y265gmmuvt4z0w9aw880jnsr700j6zn9kn',
            },
          ]
        : []
  const times = { submitTime: begins, depositEnd: begins, votingStart: begins, votingEnd: ends }
  return { ...newProposal(id), status, messages, ...times }
}

const binaries = JSON.stringify({
  binaries: { 'linux/amd64': `https://good.example/g?checksum=sha256:${'a'.repeat(64)}` },
})
const draft = fc.record({
  wait: fc.integer({ min: 1, max: 20 }),
  voting: fc.integer({ min: 2, max: 20 }),
  kind: fc.constantFrom('upgrade', 'upgrade', 'upgrade', 'upgrade', 'cancel', 'text'),
  ending: fc.constantFrom(...Array.from({ length: 7 }, () => 'PASSED' as const), 'REJECTED', 'FAILED', 'dropped'),
  distance: fc.constantFrom(60, 80, 80, 100, 120),
  info: fc.constantFrom('', binaries),
  isRepeated: fc.nat({ max: 6 }).map((drawn) => drawn === 6),
})

const truth: fc.Arbitrary<CosmosTruth> = fc
  .tuple(
    fc.integer({ min: -4, max: 6 }),
    fc.array(draft, { minLength: 1, maxLength: 5, size: 'max' }),
    fc.nat({ max: 6 }),
    fc.constantFrom(true, true, false),
  )
  .map(([first, all, skipping, waits]) => {
    let submitted = firstBlock + first
    const proposals = all.map(({ wait, voting, kind, ending, distance, info, isRepeated }, index): CosmosProposal => {
      submitted += index === 0 ? 0 : wait
      return {
        id: index + 1,
        kind: index === 0 && kind === 'cancel' ? 'upgrade' : kind,
        plan: { name: `v${isRepeated && index > 0 ? index : index + 1}`, height: firstBlock + distance, info },
        submitted,
        end: submitted + voting,
        ending,
      }
    })
    return { proposals, skipped: skipping === 6 ? 'v1' : undefined, waits }
  })

const evil = fc.constantFrom(50, 80, 100).map((distance): Plan => ({ name: 'evil', height: firstBlock + distance }))
const tale = fc.record<Tale>({
  word: fc.constantFrom('true', 'gone', 'VOTING_PERIOD', 'PASSED', 'PASSED', 'REJECTED', 'FAILED'),
  twist: fc.constantFrom({}, {}, { height: -15 }, { name: 'odd' }, { info: 'bad' }),
})

export const cosmosParts: StoryParts<CosmosTruth, Lie> = {
  truth,
  // The routes of the stand-in have blocks of five seconds.
  blockSeconds: [5],
  lieAbout: ({ proposals }) =>
    fc.record<Lie>({
      about: fc.array(fc.option(tale, { nil: undefined, freq: 1 }), {
        minLength: proposals.length,
        maxLength: proposals.length,
      }),
      plan: seldom<Lie['plan']>(fc.oneof(fc.constantFrom('none', 'low', 'info'), evil), 'true', 2),
      applied: seldom<readonly string[]>(fc.constantFrom(['v1'], ['v2'], ['v1', 'v2', 'v3'], ['evil']), [], 4),
      hidesHeight: seldom(fc.constant(true), false, 6),
      invented: seldom<CosmosProposal | undefined>(
        evil.map((plan) => ({
          id: 90,
          kind: 'upgrade',
          plan,
          submitted: firstBlock + 1,
          end: firstBlock + 5,
          ending: 'PASSED',
        })),
        undefined,
        2,
      ),
    }),
}
