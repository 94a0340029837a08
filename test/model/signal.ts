import fc from 'fast-check'
import { type Answer, unserved } from '../support/servers/cosmos/answer.js'
import { newCosmosChain } from '../support/servers/cosmos/chain.js'
import { cometRoute } from '../support/servers/cosmos/cometRoutes.js'
import { moduleRoute } from '../support/servers/cosmos/moduleRoutes.js'
import { signalRoute, type SignalState, threshold, total } from '../support/servers/cosmos/signalRoute.js'
import { plansInForce, signalsAfter, type SignalTruth, type Switch, versionAt } from './signalChain.js'
import { firstBlock, type NodeAnswer, type System, type View } from './story.js'
import { seldom, type StoryParts } from './storyOf.js'

// A Celestia chain, whose servers may lie about what is signalled and scheduled, and about the version of a block.

export interface Lie {
  readonly scheduled: 'true' | 'none' | 'garbage' | 'low' | 'high' | 'next' | NonNullable<SignalState['scheduled']>
  /** What it says of every version that is signalled, and of the next one. */
  readonly power: 'true' | number
  /** How much higher the version of its newest blocks is. */
  readonly versions: number
  readonly hidesHeight: boolean
}

export const signal: System<SignalTruth, Lie> = {
  profile: 'cosmovisor',
  onlyTells: true,
  chain: (rest) => ({ rpc: { chainId: 'celestia' }, governance: { system: 'signal', rest } }),
  answer,
  inForce: plansInForce,
}

function answer(view: View<SignalTruth, Lie>, { url }: { readonly url: URL }): NodeAnswer {
  const { truth, head, real, mood } = view
  const chain = newCosmosChain(100)
  chain.height = head
  chain.behaviour = { network: 'celestia' }
  chain.versionAt = (block) => {
    const version = versionAt(truth, Math.min(block, real))
    return block > real - forgedBlocks ? version + (mood.lie?.versions ?? 0) : version
  }
  const told = signalled(view, url.pathname) ?? cometRoute(chain, url) ?? moduleRoute(chain, url.pathname) ?? unserved
  const isSilent = url.pathname === '/status' || mood.lie?.hidesHeight === true
  return isSilent ? told : { ...told, headers: { 'grpc-metadata-x-cosmos-block-height': String(head) } }
}

// A liar makes up the versions of so many of its newest blocks.
const forgedBlocks = 4

function signalled({ truth, real, mood: { lie } }: View<SignalTruth, Lie>, path: string): Answer | undefined {
  const state = signalsAfter(truth, real)
  if (lie === undefined) return signalRoute(state, path)
  if (lie.scheduled === 'garbage' && path === '/signal/v1/upgrade') return { status: 200, body: { upgrade: 'v11' } }
  const { power } = lie
  const next = versionAt(truth, real) + 1
  const versions = [next, ...state.tallies.keys()]
  const tallies = power === 'true' ? state.tallies : new Map(versions.map((version) => [version, power]))
  return signalRoute({ tallies, scheduled: toldSwitch(state, lie) }, path)
}

function toldSwitch({ scheduled }: SignalState, { scheduled: told }: Lie): SignalState['scheduled'] {
  switch (told) {
    case 'true':
      return scheduled
    case 'none':
    case 'garbage':
      return undefined
    case 'low':
      return scheduled && { ...scheduled, upgradeHeight: scheduled.upgradeHeight - 15 }
    case 'high':
      return scheduled && { ...scheduled, upgradeHeight: scheduled.upgradeHeight + 9 }
    case 'next':
      return scheduled && { ...scheduled, version: scheduled.version + 1 }
    default:
      return told
  }
}

const draft = fc.record({
  /** Blocks after the beginning, or after the switch before. */
  wait: fc.integer({ min: 1, max: 15 }),
  /** Mostly the next version. */
  step: fc.constantFrom(1, 1, 1, 1, 2),
  /** The power that signals, more with each pause. */
  powers: fc.array(fc.constantFrom(60_000_000, 120_000_000, 300_000_000), { maxLength: 3 }),
  pause: fc.integer({ min: 1, max: 8 }),
  /** Some begin with another version first. */
  isUndecided: fc.nat({ max: 4 }).map((drawn) => drawn === 4),
  isAsked: fc.constantFrom(true, true, true, true, false),
  delay: fc.constantFrom(3, 30, 50, 70, 90),
})

const truth: fc.Arbitrary<SignalTruth> = fc
  .record({ first: fc.integer({ min: -10, max: 8 }), drafts: fc.array(draft, { minLength: 1, maxLength: 3 }) })
  .map(({ first, drafts }) => {
    let [block, version] = [firstBlock + first, 10]
    const signals: SignalTruth['signals'][number][] = []
    const switches: Switch[] = []
    for (const { wait, step, powers, pause, isUndecided, isAsked, delay } of drafts) {
      const next = version + step
      block += wait
      if (isUndecided) signals.push({ block, version: next + 1, power: 100_000_000 })
      let power = 0
      for (const more of powers) {
        power += more
        block += pause
        signals.push({ block, version: next, power: Math.min(power, threshold - 1) })
      }
      block += pause
      signals.push({ block, version: next, power: threshold + 5 })
      if (!isAsked) break
      block += pause
      const upgradeHeight = block + delay
      switches.push({ version: next, asked: block, upgradeHeight })
      ;[block, version] = [upgradeHeight, next]
    }
    // By the end of a story, everything has happened.
    const last = firstBlock + 140
    return {
      signals: signals.filter((one) => one.block < last),
      switches: switches.filter(({ upgradeHeight }) => upgradeHeight < last),
    }
  })

export const signalParts: StoryParts<SignalTruth, Lie> = {
  truth,
  // The routes of the stand-in have blocks of five seconds.
  blockSeconds: [5],
  lieAbout: () =>
    fc.record<Lie>({
      scheduled: seldom<Lie['scheduled']>(
        fc.oneof(
          fc.constantFrom('none', 'none', 'garbage', 'low', 'high', 'next'),
          fc.record({ version: fc.constantFrom(11, 12, 99), upgradeHeight: fc.constantFrom(1_050, 1_090, 1_300) }),
        ),
        'true',
        1,
      ),
      power: seldom<Lie['power']>(fc.constantFrom(0, threshold + 9, total + 1), 'true', 3),
      versions: fc.constantFrom(0, 0, 0, 0, 1, -1, 5),
      hidesHeight: seldom(fc.constant(true), false, 6),
    }),
}
