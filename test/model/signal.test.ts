import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { threshold } from '../support/servers/cosmos/signalRoute.js'
import { drawn } from './drawn.js'
import { brokenPromises } from './promises.js'
import { type Lie, signal, signalParts } from './signal.js'
import type { SignalTruth } from './signalChain.js'
import { firstBlock, type Mood, type Setting, type Story } from './story.js'
import { storyOf, withCalmEnd } from './storyOf.js'

it('a chain that signals keeps all promises', async () => {
  await fc.assert(
    fc.asyncProperty(storyOf(signalParts), async (story) => {
      expect(await brokenPromises(signal, story)).toStrictEqual([])
    }),
    drawn(2, 1),
  )
})

// The few random stories of a run may contain no such lie.
describe('a chain that signals keeps all promises', () => {
  it.for<[string, Partial<Lie>]>([
    ['hides the schedule', { scheduled: 'none' }],
    ['invents a schedule', { scheduled: { version: 12, upgradeHeight: firstBlock + 70 } }],
    ['moves the schedule', { scheduled: 'high' }],
    ['answers nonsense', { scheduled: 'garbage' }],
    ['forges the version of its blocks', { versions: 1 }],
  ])('although the server that is read first %s', async ([, lie]) => {
    expect(await brokenPromises(signal, storyWith(lie))).toStrictEqual([])
  })
})

const truth: SignalTruth = {
  signals: [{ block: firstBlock + 2, version: 11, power: threshold + 5 }],
  switches: [{ version: 11, asked: firstBlock + 12, upgradeHeight: firstBlock + 100 }],
}
const setting: Setting = { agreement: 2, pollSeconds: 5, when: 'at-height', blockSeconds: 5, seed: 1 }

/** Three nodes, the first of which lies from the eighth block on until the height of the plan is over. */
function storyWith(lie: Partial<Lie>): Story<SignalTruth, Lie> {
  const well: Mood<Lie> = { lag: 0 }
  const liar = {
    ...well,
    lie: { scheduled: 'true' as const, power: 'true' as const, versions: 0, hidesHeight: false, ...lie },
  }
  const phases = [
    { seconds: 40, monitor: 'runs' as const, nodes: [well, well, well] },
    { seconds: 500, monitor: 'runs' as const, nodes: [liar, well, well] },
  ]
  return { truth, setting, phases: withCalmEnd(phases, 3, setting) }
}
