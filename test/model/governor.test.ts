import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { drawn } from './drawn.js'
import { governor, governorParts, type Lie } from './governor.js'
import type { GovernorProposal, GovernorTruth } from './governorChain.js'
import { brokenPromises } from './promises.js'
import { firstBlock, type Mood, type Setting, type Story } from './story.js'
import { storyOf, withCalmEnd } from './storyOf.js'

it('a governor keeps all promises', async () => {
  await fc.assert(
    fc.asyncProperty(storyOf(governorParts), async (story) => {
      expect(await brokenPromises(governor, story)).toStrictEqual([])
    }),
    drawn(2, 1),
  )
})

// The few random stories of a run may contain no reorg of this kind and no such lie.
describe('a governor keeps all promises', () => {
  it('although a reorg takes back the cancellation of a proposal', async () => {
    const steps = [...passing.steps.slice(0, 2), { action: 'cancel' as const, block: firstBlock + 12, branch: 0 }]
    const reorgs = [{ at: firstBlock + 14, depth: 3 }]
    const story = storyOfLies({ ...truth, proposals: [{ ...passing, steps }], reorgs }, undefined)
    expect(await brokenPromises(governor, story)).toStrictEqual([])
  })

  it('although the node that is read first says that a proposal was canceled', async () => {
    const tale = { state: 'canceled', hidesEvents: false, event: undefined, twist: {} } as const
    const story = storyOfLies(truth, { about: [tale], invented: undefined, isAstray: false })
    expect(await brokenPromises(governor, story)).toStrictEqual([])
  })

  it('although only a liar answers about a rejected proposal, until and while its height comes', async () => {
    const steps = passing.steps.slice(0, 1)
    const lie: Lie = { about: [executed], invented: undefined, isAstray: false }
    const alone = [
      { ...well, lie },
      { ...well, isDown: true },
      { ...well, isDown: true },
    ]
    // The others have the block at the height, but no longer the logs of the proposal.
    const forgetful = [
      { ...well, lie },
      { ...well, isPruned: true },
      { ...well, isPruned: true },
    ]
    const phases = [
      { seconds: 40, monitor: 'runs' as const, nodes: [well, well, well] },
      { seconds: 345, monitor: 'runs' as const, nodes: alone },
      { seconds: 60, monitor: 'runs' as const, nodes: forgetful },
    ]
    const story = {
      truth: { ...truth, proposals: [{ ...passing, steps }] },
      setting,
      phases: withCalmEnd(phases, 3, setting),
    }
    expect(await brokenPromises(governor, story)).toStrictEqual([])
  })
})

const well: Mood<Lie> = { lag: 0 }
const executed = { state: 'executed', hidesEvents: false, event: undefined, twist: {} } as const
const passing: GovernorProposal = {
  name: 'v1',
  plan: { name: 'v1', height: firstBlock + 80 },
  delay: 1,
  voting: 10,
  steps: [
    { action: 'create', block: firstBlock + 3, branch: 0 },
    { action: 'vote', block: firstBlock + 8, branch: 0 },
    { action: 'queue', block: firstBlock + 18, branch: 0 },
    { action: 'execute', block: firstBlock + 22, branch: 0 },
  ],
}
const truth: GovernorTruth = { flavour: 'bravo', grace: undefined, proposals: [passing], reorgs: [] }
const setting: Setting = { agreement: 2, pollSeconds: 5, when: 'at-height', blockSeconds: 5, seed: 1 }

/** Three nodes, the first of which lies from the eighth block on until the height of the plan is over. */
function storyOfLies(happens: GovernorTruth, lie: Lie | undefined): Story<GovernorTruth, Lie> {
  const phases = [
    { seconds: 40, monitor: 'runs' as const, nodes: [well, well, well] },
    { seconds: 400, monitor: 'runs' as const, nodes: [lie === undefined ? well : { ...well, lie }, well, well] },
  ]
  return { truth: happens, setting, phases: withCalmEnd(phases, 3, setting) }
}
