import { z } from 'zod'
import { describe, expect } from 'vitest'
import type { ConfigInput } from '../../src/config/schema.js'
import { createMonitor } from '../../src/monitor.js'
import { onOwnChain as it } from '../support/fixtures.js'
import { headings, type LivingRoom, livingRooms } from '../support/services/livingRooms.js'
import { pass, upgradeDraft } from './upgradeStory.js'
import { chainOf } from './watching.js'

// Not all events, because the services accept no more than one message per second or two.
const events = [
  'new_proposal',
  'proposal_passed',
  'proposal_executed',
  'upgrade_completed',
  'proposal_retracted',
  'upgrade_cancelled',
]

/** One poll and its deliveries, by a new monitor, as after a restart. */
async function syncOnce(config: object): Promise<void> {
  await using monitor = createMonitor(z.custom<ConfigInput>().parse(config))
  await monitor.sync()
}

describe('a proposal', () => {
  it('has one message per service, updated across restarts, and struck through after a reorg', async ({
    chain,
    place,
  }) => {
    const people = await chain.deploy()
    const rooms: readonly LivingRoom[] = await Promise.all(Object.values(livingRooms).map((start) => start()))
    const config = {
      state: place.state,
      notifier: { handlers: rooms.map(({ settings }) => ({ ...settings, events })) },
      chains: [chainOf(chain.url, people.governor, { upgradeInfo: { home: place.home } })],
    }
    await syncOnce(config)
    const height = await chain.heightIn(60)
    const id = await people.actor.propose(upgradeDraft(people, { name: 'v2', height }))
    await syncOnce(config)
    await people.actor.toVotingStart(id)
    for (const voter of [0, 1, 2]) await people.actor.vote(id, 1, voter)
    await people.actor.pastDeadline(id)
    await syncOnce(config)
    await people.actor.execute(id)
    await syncOnce(config)
    await chain.mineTo(height + 3)
    await syncOnce(config)
    const before = await chain.heightIn(0)
    await pass(people, upgradeDraft(people, { name: 'v3', height: before + 900 }))
    await syncOnce(config)
    await chain.reorg((await chain.heightIn(0)) - before)
    await people.actor.mine(1)
    await syncOnce(config)

    for (const room of rooms) {
      const of = (name: string): readonly string[] => headings(room).filter((heading) => heading.includes(name))
      expect(of('v2'), room.settings['type']?.toString()).toStrictEqual([
        '[closed] Upgrade v2 completed',
        'Passed: Upgrade to v2',
        'Executed: Upgrade to v2',
        'Upgrade v2 completed',
      ])
      expect(of('v3'), room.settings['type']?.toString()).toStrictEqual([
        '~~Passed: Upgrade to v3~~ [closed] Upgrade v3 cancelled',
        'Passed: Upgrade to v3',
        'Removed by a reorg: Upgrade to v3',
        'Upgrade v3 cancelled',
      ])
    }
  }, 120_000)
})
