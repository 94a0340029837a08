import fc from 'fast-check'
import { encodeAbiParameters, type Hex, toEventSelector } from 'viem'
import { reverted } from './evmCalls.js'
import { answerEvm, type EvmContent, type EvmLog } from './evmNode.js'
import { isOnChain, type Place, type Reorg } from './reorgs.js'
import { firstBlock, type Plan, type System, type View } from './story.js'
import type { StoryParts } from './storyOf.js'

// A contract that announces and cancels upgrades by logs, on a chain with at most one reorg.

interface Announcement extends Place {
  /** `undefined` for a cancellation. */
  readonly plan: Plan | undefined
}
interface Truth {
  readonly announcements: readonly Announcement[]
  readonly reorgs: readonly Reorg[]
}
interface Lie {
  /** What it says of each announcement, by its place. */
  readonly about: readonly ('true' | 'hidden' | 'high' | 'low' | 'name' | 'info')[]
  readonly invented: readonly Pick<Announcement, 'block' | 'plan'>[]
  readonly isAstray: boolean
}

const address = '0x00000000000000000000000000000000000000A1'

const content: EvmContent<Truth, Lie> = {
  address,
  reorgs: ({ reorgs }) => reorgs,
  logs: logsOf,
  call: () => reverted,
  isAstray: ({ isAstray }) => isAstray,
}

export const upgradeEntrypoint: System<Truth, Lie> = {
  profile: 'cosmovisor',
  chain: () => ({ governance: { system: 'upgrade-entrypoint', address, fromBlock: firstBlock - 50 } }),
  answer: (view, request) => answerEvm(content, view, request),
  inForce,
}

/** The announcements on the chain whose newest block is `newest`, with their places. */
function announcedBy({ announcements, reorgs }: Truth, newest: number): readonly (Announcement & { place: number })[] {
  return announcements.map((one, place) => ({ ...one, place })).filter((one) => isOnChain(reorgs, one, newest))
}

/** The last announcement counts, until it is cancelled or its height has come. */
function inForce(truth: Truth, newest: number): readonly Plan[] {
  const carriedOut: Plan[] = []
  let awaited: Plan | undefined
  for (const { block, plan } of announcedBy(truth, newest)) {
    if (awaited !== undefined && awaited.height <= block) carriedOut.push(awaited)
    awaited = plan === undefined || plan.height < block ? undefined : plan
  }
  return awaited === undefined ? carriedOut : [...carriedOut, awaited]
}

function logsOf({ truth, real, mood: { lie } }: View<Truth, Lie>): readonly EvmLog[] {
  const told = announcedBy(truth, real).flatMap(({ block, plan, place }) => {
    const word = lie?.about[place] ?? 'true'
    return word === 'hidden' ? [] : [{ block, plan: plan && twisted(plan, word) }]
  })
  return [...told, ...(lie?.invented ?? [])].toSorted((a, b) => a.block - b.block).map(logOf)
}

function twisted(plan: Plan, word: Lie['about'][number]): Plan {
  switch (word) {
    case 'high':
      return { ...plan, height: plan.height + 9 }
    case 'low':
      return { ...plan, height: plan.height - 15 }
    case 'name':
      return { ...plan, name: 'odd' }
    case 'info':
      return { ...plan, info: 'other' }
    default:
      return plan
  }
}

function logOf({ block, plan }: Pick<Announcement, 'block' | 'plan'>): EvmLog {
  return plan === undefined
    ? { block, topics: [toEventSelector('CancelUpgrade()')], data: '0x' }
    : { block, topics: [toEventSelector('SoftwareUpgrade(string,int64,string)')], data: dataOf(plan) }
}

function dataOf({ name, height, info = '' }: Plan): Hex {
  return encodeAbiParameters([{ type: 'string' }, { type: 'int64' }, { type: 'string' }], [name, BigInt(height), info])
}

const draft = fc.record({
  pause: fc.constantFrom(0, 1, 3, 8, 15, 30),
  isCancellation: fc.constantFrom(false, false, false, true),
  distance: fc.constantFrom(60, 80, 95, 110),
  isLost: fc.boolean(),
  nearReorg: fc.option(fc.nat({ max: 2 }), { nil: undefined, freq: 2 }),
})
const reorg = fc.record<Reorg>({
  at: fc.integer({ min: firstBlock + 20, max: firstBlock + 90 }),
  depth: fc.integer({ min: 1, max: 6 }),
})

const truth: fc.Arbitrary<Truth> = fc
  .tuple(
    fc.integer({ min: 1, max: 8 }),
    fc.array(draft, { minLength: 1, maxLength: 6, size: 'max' }),
    fc.option(reorg, { nil: undefined }),
  )
  .map(([wait, all, reorged]) => {
    let block = firstBlock + wait
    const announcements = all.map(({ pause, isCancellation, distance, isLost, nearReorg }, index): Announcement => {
      const from = reorged === undefined ? Infinity : reorged.at - reorged.depth
      block = Math.max(
        block + (index === 0 ? 0 : pause),
        reorged !== undefined && nearReorg !== undefined ? from + nearReorg : 0,
      )
      const isReplaced = reorged !== undefined && block > from && block <= reorged.at
      const plan = { name: `v${index + 1}`, height: Math.max(block + 2, firstBlock + distance) }
      return {
        block,
        branch: block > from && !(isReplaced && isLost) ? 1 : 0,
        plan: index > 0 && isCancellation ? undefined : plan,
      }
    })
    return { announcements, reorgs: reorged === undefined ? [] : [reorged] }
  })

const invention = fc.record({
  block: fc.integer({ min: firstBlock + 1, max: firstBlock + 90 }),
  plan: fc.constantFrom(
    undefined,
    ...[60, 80, 95].map((distance): Plan => ({ name: 'evil', height: firstBlock + distance })),
  ),
})

export const entrypointParts: StoryParts<Truth, Lie> = {
  truth,
  lieAbout: ({ announcements }) =>
    fc.record({
      about: fc.array(fc.constantFrom('true', 'true', 'true', 'hidden', 'high', 'low', 'name', 'info'), {
        minLength: announcements.length,
        maxLength: announcements.length,
      }),
      invented: fc.array(invention, { maxLength: 1 }),
      isAstray: fc.nat({ max: 9 }).map((drawn) => drawn === 9),
    }),
}
