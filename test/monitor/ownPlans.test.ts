import { statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { planBlock } from '../../src/localChain/planBlock.js'
import { openStore } from '../../src/store/openStore.js'
import { pass, upgradeDraft } from './upgradeStory.js'
import { onSharedChain } from '../support/fixtures.js'
import { chainOf, watch } from './watching.js'

const it = onSharedChain.extend('people', { scope: 'file' }, ({ chain }) => chain.deploy())

describe('a plan of the operator on a real chain', () => {
  it('in the configuration is scheduled, written at its height with its info, and completed', async ({
    chain,
    people,
    place,
  }) => {
    const height = await chain.heightIn(30)
    const info = { binaries: {} }
    await using watching = watch({
      chains: [
        chainOf(chain.url, people.governor, {
          labels: { team: 'core' },
          plans: [{ name: 'patch', height, info, labels: { kind: 'patch' } }],
          upgradeInfo: { home: place.home },
        }),
      ],
    })
    const scheduled = await watching.told('upgrade_scheduled')
    expect(scheduled).toMatchObject({
      title: `Upgrade patch (your own plan) scheduled for height ${height}`,
      labels: { team: 'core', kind: 'patch' },
      data: { key: 'local/plan/patch', kind: 'coordinated', proposalId: null, origin: 'operator' },
    })
    await chain.mineTo(height)
    await watching.told('upgrade_triggered')
    expect(place.file()).toStrictEqual({ name: 'patch', height, info })
    await chain.mineTo(height + 3)
    await watching.told('upgrade_completed')
  })

  it('added during a run is scheduled by the next poll, and cancelled by the next poll after its removal', async ({
    chain,
    people,
    place,
  }) => {
    const height = await chain.heightIn(1_000)
    const state = place.state
    await using watching = watch({
      state,
      chains: [chainOf(chain.url, people.governor, { upgradeInfo: { home: place.home, when: 'on-schedule' } })],
    })
    await watching.settle()
    const store = openStore({ path: state })
    store.addPlan({ chain: 'local', plan: { name: 'patch', height }, added: { by: 'ops@box', at: Date.now() } })
    await watching.settle()
    expect(watching.events()).toStrictEqual(['upgrade_scheduled'])
    expect(place.file()).toStrictEqual({ name: 'patch', height })
    store.removePlan('local', 'patch', { by: 'ops@box', at: Date.now() })
    store.close()
    await watching.settle()
    expect(watching.events()).toStrictEqual(['upgrade_scheduled', 'upgrade_cancelled'])
    expect(place.file()).toBeUndefined()
  })

  it('written ahead is replaced if a vote decides on another plan: its file is removed, that of the vote written', async ({
    chain,
    people,
    place,
  }) => {
    const height = await chain.heightIn(200)
    await using watching = watch({
      chains: [
        chainOf(chain.url, people.governor, {
          plans: [{ name: 'patch', height }],
          upgradeInfo: { home: place.home, when: 'on-schedule' },
        }),
      ],
    })
    await watching.told('upgrade_scheduled')
    await watching.settle()
    expect(place.file()).toMatchObject({ name: 'patch' })
    const id = await pass(people, upgradeDraft(people, { name: 'voted', height }))
    await watching.told('upgrade_scheduled', id)
    const refused = await watching.told('upgrade_refused')
    expect(refused.message).toContain(`Proposal ${id} already has the upgrade voted at height ${height}.`)
    await watching.settle()
    await watching.settle()
    expect(place.file()).toMatchObject({ name: 'voted', height })
  })

  it('written ahead becomes the plan of a vote on the same plan: its file is untouched, and it completes once', async ({
    chain,
    place,
  }) => {
    const people = await chain.deploy()
    const height = await chain.heightIn(60)
    await using watching = watch({
      chains: [
        chainOf(chain.url, people.governor, {
          plans: [{ name: 'same', height, info: { notes: 'faster' } }],
          upgradeInfo: { home: place.home, when: 'on-schedule' },
        }),
      ],
    })
    await watching.told('upgrade_scheduled')
    await watching.settle()
    const file = join(place.home, 'data', 'upgrade-info.json')
    const before = statSync(file)
    const id = await pass(people, {
      description: `# The same\n\n${planBlock({ name: 'same', height, info: { notes: 'faster' } })}`,
    })
    await watching.told('upgrade_scheduled', id)
    await watching.settle()
    expect(statSync(file)).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs })
    await chain.mineTo(height)
    await watching.told('upgrade_triggered', id)
    await chain.mineTo(height + 3)
    await watching.told('upgrade_completed', id)
    await watching.settle()
    expect(watching.events().filter((event) => event.startsWith('upgrade_'))).toStrictEqual([
      'upgrade_scheduled',
      'upgrade_scheduled',
      'upgrade_triggered',
      'upgrade_completed',
    ])
    expect(place.file()).toBeUndefined()
  })

  it('in the configuration is not announced again after a restart, even after it was forgotten', async ({
    chain,
    people,
    place,
  }) => {
    const height = await chain.heightIn(20)
    const config = {
      state: place.state,
      proposals: { maxAge: '1s' },
      chains: [
        chainOf(chain.url, people.governor, { plans: [{ name: 'patch', height }], upgradeInfo: { home: place.home } }),
      ],
    }
    {
      await using watching = watch(config)
      await watching.told('upgrade_scheduled')
      await chain.mineTo(height)
      await watching.told('upgrade_triggered')
      await chain.mineTo(height + 3)
      await watching.told('upgrade_completed')
    }
    await chain.mineTo(height + 50)
    await using again = watch(config)
    await again.settle()
    await again.settle()
    expect(again.events()).toStrictEqual([])
  })
})
