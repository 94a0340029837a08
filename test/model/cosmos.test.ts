import fc from 'fast-check'
import { expect, it } from 'vitest'
import { drawn } from './drawn.js'
import { brokenPromises } from './promises.js'
import { storyOf, withCalmEnd } from './storyOf.js'
import { cosmos, cosmosParts } from './cosmos.js'
import type { CosmosProposal } from './cosmosChain.js'
import { firstBlock, type Setting } from './story.js'

it('a Cosmos chain keeps all promises', async () => {
  await fc.assert(
    fc.asyncProperty(storyOf(cosmosParts), async (story) => {
      expect(await brokenPromises(cosmos, story)).toStrictEqual([])
    }),
    drawn(2, 5),
  )
})

// Random stories hardly ever have two votes for one name and height.
it.each(['', 'second'])(
  'a Cosmos chain keeps all promises although a second vote passes its plan with info "%s"',
  async (info) => {
    const plan = { name: 'v1', height: firstBlock + 80, info: '' }
    const first: CosmosProposal = {
      id: 1,
      kind: 'upgrade',
      plan,
      submitted: firstBlock + 2,
      end: firstBlock + 8,
      ending: 'PASSED',
    }
    const second = { ...first, id: 2, plan: { ...plan, info }, end: firstBlock + 20 }
    const setting: Setting = { agreement: 1, pollSeconds: 5, when: 'on-schedule', blockSeconds: 5, seed: 1 }
    const truth = { proposals: [first, second], skipped: undefined, waits: false }
    expect(await brokenPromises(cosmos, { truth, setting, phases: withCalmEnd([], 1, setting) })).toStrictEqual([])
  },
)

// With the plan written ahead, a lower one takes its place in the file.
it('a Cosmos chain keeps all promises although the server that is read first invents a lower plan', async () => {
  const voted: CosmosProposal = {
    id: 1,
    kind: 'upgrade',
    plan: { name: 'v1', height: firstBlock + 100, info: '' },
    submitted: firstBlock + 2,
    end: firstBlock + 8,
    ending: 'PASSED',
  }
  const lie = {
    about: [],
    plan: { name: 'evil', height: firstBlock + 50 },
    applied: [],
    hidesHeight: true,
    invented: undefined,
  }
  const honest = { lag: 0 }
  const setting: Setting = { agreement: 2, pollSeconds: 5, when: 'on-schedule', blockSeconds: 5, seed: 1 }
  const phases = withCalmEnd<typeof lie>(
    [
      { seconds: 130, nodes: [honest, honest, honest], monitor: 'runs' },
      { seconds: 20, nodes: [{ ...honest, lie }, honest, honest], monitor: 'restarts' },
    ],
    3,
    setting,
  )
  const truth = { proposals: [voted], skipped: undefined, waits: false }
  expect(await brokenPromises(cosmos, { truth, setting, phases })).toStrictEqual([])
})
