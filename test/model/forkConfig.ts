import fc from 'fast-check'
import { answerCalls, type RpcCall, type RpcResult } from './answerCalls.js'
import { reverted } from './evmCalls.js'
import { type EvmContent, resultOf } from './evmNode.js'
import {
  type Fork,
  forkAfter,
  forksOf,
  type ForkTruth,
  genesis,
  plansInForce,
  type Release,
} from './forkConfigChain.js'
import { firstBlock, type System, type View } from './story.js'
import { seldom, type StoryParts } from './storyOf.js'

// Nodes that tell which forks they are configured for, and may be updated late.

export interface Lie {
  readonly config: 'true' | 'none' | 'early' | 'late' | 'other' | 'running' | 'foreign' | 'unserved' | 'nonsense'
  readonly isAstray: boolean
}
type Seen = View<ForkTruth, Lie>

const content: EvmContent<ForkTruth, Lie> = {
  address: '0x00000000000000000000000000000000000000a1',
  reorgs: () => [],
  logs: () => [],
  call: () => reverted,
  isAstray: ({ isAstray }) => isAstray,
}

export const forkConfig: System<ForkTruth, Lie> = {
  profile: 'cosmovisor',
  onlyTells: true,
  // A node must keep to another statement for ten minutes.
  timely: { blocks: 65, seconds: 780 },
  // All nodes are compared in any case.
  chain: () => ({ rpc: { agreement: 1 }, governance: { system: 'fork-config' } }),
  answer: (view, request) =>
    answerCalls(request, (call: RpcCall) =>
      call.method === 'eth_config'
        ? configOf(view, Number(/^node(\d)/.exec(request.url.host)?.[1]))
        : resultOf(content, withoutLeap(view), call),
    ),
  inForce: plansInForce,
}

/** The node that is read tells the time of the chain, so that one with blocks of the future has forks begin early. */
function withoutLeap(view: Seen): Seen {
  return { ...view, head: Math.min(view.head, view.real) }
}

function configOf({ truth, real, mood: { lie }, timeOf }: Seen, node: number): RpcResult {
  if (lie?.config === 'unserved') return { error: { code: -32601, message: 'the method eth_config does not exist' } }
  if (lie?.config === 'nonsense') return { result: { current: { forkId: 'v11' } } }
  const forks = forksOf(truth, node, real)
  const written = (fork: Fork | undefined): object | null =>
    fork === undefined
      ? null
      : { activationTime: fork.block === 0 ? 0 : timeOf(fork.block), chainId: '0x539', forkId: fork.id }
  const current = forks.findLast(({ block }) => block <= real)
  const ahead = forks.filter(({ block }) => block > real)
  const told = toldBy(lie?.config ?? 'true', { current, next: ahead[0], last: ahead.at(-1) }, real)
  return { result: { current: written(told.current), next: written(told.next), last: written(told.last) } }
}

// An invented fork is so far ahead that it is withdrawn before its time.
const farAhead = 500

type Told = Readonly<Record<'current' | 'next' | 'last', Fork | undefined>>

function toldBy(word: Lie['config'], told: Told, real: number): Told {
  const { current, next } = told
  const only = (fork: Fork | undefined): Told => ({ current, next: fork, last: fork })
  switch (word) {
    case 'none':
      return only(undefined)
    case 'early':
      return only(next && { ...next, block: Math.max(real + 1, next.block - 15) })
    case 'late':
      return only(next && { ...next, block: next.block + 9 })
    case 'other':
      return only({ id: '0xeeeeeeee', block: real + farAhead })
    case 'running':
      return { current: next ?? current, next: undefined, last: undefined }
    case 'foreign':
      return {
        current: { id: '0xdddddddd', block: 0 },
        next: { id: '0xeeeeeeee', block: real + farAhead },
        last: undefined,
      }
    default:
      return told
  }
}

const delays = fc.array(fc.constantFrom(0, 0, 1, 5, 12), { minLength: 3, maxLength: 3 })
const truth: fc.Arbitrary<ForkTruth> = fc
  .record({
    named: fc.integer({ min: -6, max: 10 }),
    distance: fc.constantFrom(80, 90, 100, 110),
    /** With a second fork, the first comes soon. */
    hasSecond: fc.constantFrom(false, false, true),
    /** What a later release does to the fork, in good time before it. */
    change: fc.constantFrom('none', 'none', 'none', 'later', 'later', 'earlier', 'withdrawn', 'back'),
    delays: fc.array(delays, { minLength: 3, maxLength: 3 }),
    /** A node that is updated only after the fork; not the first, which is the only one of a calm story. */
    sleeper: fc.constantFrom(undefined, undefined, undefined, 1, 2),
  })
  .map(({ named, distance, hasSecond, change, delays: all, sleeper }) => {
    const begin = firstBlock + named
    const known = (block: number): readonly Fork[] => {
      const first = forkAfter(genesis, block)
      return hasSecond && change === 'none' ? [first, forkAfter(first, block + 70)] : [first]
    }
    const planned = firstBlock + (change !== 'none' ? 115 : hasSecond ? 70 : distance)
    const before = known(planned)
    const moved = known(planned + (change === 'later' ? 12 : -12))
    const changes: readonly (readonly Fork[])[] =
      change === 'none' ? [] : change === 'withdrawn' ? [[]] : change === 'back' ? [[], before] : [moved]
    const releases = [before, ...changes].map((forks, index): Release => ({
      block: begin + index * 14,
      forks,
      delays: all[index] ?? [0, 0, 0],
    }))
    const latest = releases.at(-1)
    const [first] = latest?.forks ?? []
    if (latest === undefined || first === undefined) return { releases }
    const wakes = first.block + 10 - latest.block
    const slept = latest.delays.map((delay, node) => (node === sleeper ? wakes : delay))
    return { releases: [...releases.slice(0, -1), { ...latest, delays: slept }] }
  })

export const forkConfigParts: StoryParts<ForkTruth, Lie> = {
  truth,
  // Ten minutes, during which a statement must last, are fifty blocks.
  blockSeconds: [12],
  lieAbout: () =>
    fc.record<Lie>({
      config: seldom<Lie['config']>(
        fc.constantFrom('none', 'early', 'late', 'other', 'running', 'foreign', 'unserved', 'nonsense'),
        'true',
        1,
      ),
      isAstray: fc.nat({ max: 9 }).map((drawn) => drawn === 9),
    }),
}
