import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { drawn } from './drawn.js'
import { govBase, govBaseParts, type Lie } from './govBase.js'
import type { Action, CouncilProposal, CouncilTruth } from './govBaseChain.js'
import { brokenPromises } from './promises.js'
import type { Mined } from './reorgs.js'
import { firstBlock, type Mood, type Setting, type Story } from './story.js'
import { storyOf, withCalmEnd } from './storyOf.js'

it('a council keeps all promises', async () => {
  await fc.assert(
    fc.asyncProperty(storyOf(govBaseParts), async (story) => {
      expect(await brokenPromises(govBase, story)).toStrictEqual([])
    }),
    drawn(1, 1),
  )
})

// The few random stories of a run may contain no reorg of these kinds and no such lie.
describe('a council keeps all promises', () => {
  it.for<[string, readonly Mined<Action>[]]>([
    ['takes back the approvals of a proposal', [step('create', 2), step('approve', 6), step('approve', 7)]],
    ['takes back a proposal', [step('create', 5), step('approve', 6), step('approve', 7)]],
  ])('although a reorg %s', async ([, steps]) => {
    const story = storyWith({ proposals: [{ ...council, steps }], reorgs }, undefined)
    expect(await brokenPromises(govBase, story)).toStrictEqual([])
  })

  it('although a reorg gives the id of a proposal to another one', async () => {
    const before = [step('create', 5), step('approve', 6), step('approve', 7)]
    const first = { ...council, steps: [...before, step('create', 6, 1)] }
    const other = { ...council, tip: 2, proposer: 1, steps: [step('create', 4, 1), step('approve', 9, 1)] }
    const story = storyWith({ proposals: [first, other], reorgs }, undefined)
    expect(await brokenPromises(govBase, story)).toStrictEqual([])
  })

  it.for<[string, Partial<Lie>]>([
    ['says that it was cancelled', { about: [{ state: 'cancelled', tip: undefined }] }],
    ['counts proposals that do not exist', { hides: -200_000 }],
  ])('although the node that is read first %s', async ([, lie]) => {
    expect(
      await brokenPromises(govBase, storyWith({ proposals: [{ ...council, steps: passing }] }, lie)),
    ).toStrictEqual([])
  })

  it('although the node that is read first says that a rejected proposal was approved', async () => {
    const steps = [step('create', 3), step('reject', 12), step('reject', 14)]
    const lie: Partial<Lie> = { about: [{ state: 'approved', tip: undefined }] }
    expect(await brokenPromises(govBase, storyWith({ proposals: [{ ...council, steps }] }, lie))).toStrictEqual([])
  })

  it('although nobody records that an approved proposal has expired', async () => {
    const stuck = { ...council, failures: 9, steps: passing }
    expect(await brokenPromises(govBase, storyWith({ proposals: [stuck], lifetime: 30 }, undefined))).toStrictEqual([])
  })
})

function step(action: Action, after: number, branch = 0): Mined<Action> {
  return { action, block: firstBlock + after, branch }
}

const council: Omit<CouncilProposal, 'steps'> = { tip: 1, proposer: 0, failures: 0 }
const passing = [step('create', 3), step('approve', 12), step('approve', 14)]
/** Replaces the blocks from the fourth to the eighth. */
const reorgs = [{ at: firstBlock + 8, depth: 5 }]
const setting: Setting = { agreement: 2, pollSeconds: 5, when: 'at-height', blockSeconds: 5, seed: 1 }

/** Three nodes, the first of which lies from the eighth block on until the height of the plan is over. */
function storyWith(
  happens: Partial<CouncilTruth> & Pick<CouncilTruth, 'proposals'>,
  lie: Partial<Lie> | undefined,
): Story<CouncilTruth, Lie> {
  const truth = { plans: [{ name: 'v1', height: firstBlock + 80 }], lifetime: 5_000, reorgs: [], ...happens }
  const honest: Lie = { about: [], hides: 0, invented: undefined, lifetime: 100, hidesLogs: false, isAstray: false }
  const well: Mood<Lie> = { lag: 0 }
  const phases = [
    { seconds: 40, monitor: 'runs' as const, nodes: [well, well, well] },
    {
      seconds: 400,
      monitor: 'runs' as const,
      nodes: [lie === undefined ? well : { ...well, lie: { ...honest, ...lie } }, well, well],
    },
  ]
  return { truth, setting, phases: withCalmEnd(phases, 3, setting) }
}
