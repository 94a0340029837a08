import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { drawn } from './drawn.js'
import { forkConfig, forkConfigParts, type Lie } from './forkConfig.js'
import { forkAfter, type ForkTruth, genesis } from './forkConfigChain.js'
import { playStory } from './playStory.js'
import { brokenPromises } from './promises.js'
import { firstBlock, type Mood, type Setting } from './story.js'
import { storyOf, withCalmEnd } from './storyOf.js'

it('the nodes of a chain that forks keep all promises', async () => {
  await fc.assert(
    fc.asyncProperty(storyOf(forkConfigParts), async (story) => {
      expect(await brokenPromises(forkConfig, story)).toStrictEqual([])
    }),
    drawn(1, 1),
  )
})

const fork = forkAfter(genesis, firstBlock + 85)
const planned = { block: firstBlock + 2, forks: [fork], delays: [0, 0, 0] }
const late = [{ ...planned, delays: [0, 100, 0] }]
const well: readonly Mood<Lie>[] = [{ lag: 0 }, { lag: 0 }, { lag: 0 }]
const saying = (config: Lie['config']): Mood<Lie> => ({ lag: 0, lie: { config, isAstray: false } })
const setting: Setting = { agreement: 2, pollSeconds: 20, when: 'at-height', blockSeconds: 12, seed: 1 }
const done = ['upgrade_scheduled', 'upgrade_triggered', 'upgrade_completed']
const failed = ['upgrade_scheduled', 'upgrade_triggered', 'upgrade_failed', 'upgrade_completed']

// The few random stories of a run may contain none of these.
describe('the nodes of a chain that forks keep all promises', () => {
  it.for<[string, readonly string[], ForkTruth['releases'], readonly Mood<Lie>[], readonly Mood<Lie>[]]>([
    [
      'a later release withdraws the fork',
      ['upgrade_scheduled', 'upgrade_cancelled'],
      [planned, { block: firstBlock + 12, forks: [], delays: [0, 3, 5] }],
      well,
      well,
    ],
    ['one gets the release only after the fork', failed, late, well, well],
    ['one gets it only then, and is silent before', failed, late, well, well.with(1, { lag: 0, isDown: true })],
    ['all forget the fork for some minutes', done, [planned], well.map(() => saying('none')), well],
    ['the first names a later time', done, [planned], well.with(0, saying('late')), well],
  ])('although %s', async ([, events, releases, early, around]) => {
    const phases = [
      {
        seconds: 12 * 12,
        monitor: 'runs' as const,
        nodes: early === well ? well : well.with(0, early[0] ?? saying('true')),
      },
      { seconds: 40 * 12, monitor: 'runs' as const, nodes: early },
      { seconds: 8 * 12, monitor: 'runs' as const, nodes: well },
      { seconds: 36 * 12, monitor: 'runs' as const, nodes: around },
    ]
    const story = { truth: { releases }, setting, phases: withCalmEnd(phases, 3, setting) }
    expect(await brokenPromises(forkConfig, story)).toStrictEqual([])
    const { told } = await playStory(forkConfig, story)
    const upgrades = told.map(({ notification }) => notification.event).filter((event) => event.startsWith('upgrade'))
    expect(upgrades).toStrictEqual(events)
  })
})
