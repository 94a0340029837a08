import { filter } from 'rxjs'
import { describe, expect } from 'vitest'
import { soon, watch, type Watching } from '../../../monitor/watching.js'
import { upgradeMessage } from '../../../support/servers/cosmos/messages.js'
import type { CosmosServer } from '../../../support/servers/cosmosServer.js'
import { nextPoll } from './follow.js'
import { configOf, upgradesOf } from './monitorGiven.js'
import { onCosmos as it } from './onCosmos.js'

/** A vote passes this plan, and the chain schedules it, in a block of its own. */
function pass(server: CosmosServer, id: number, info: string, height = 1_050): void {
  server.put(id, { status: 'PASSED', messages: [upgradeMessage('v18', height, info)] })
  server.schedule({ name: 'v18', height: String(height), info })
  server.mine(1)
}

/** The chain carries the plan out. */
function carryOut(server: CosmosServer): void {
  server.mine(1_055 - server.height())
  server.apply('v18', 1_050)
}

/** Four polls later. */
async function fourMore(server: CosmosServer, hub: Watching): Promise<void> {
  for (const _poll of [1, 2, 3, 4]) {
    server.mine(1)
    await hub.settle()
  }
}

/** Resolves once the file of the plan with this info has been written. */
const written = (hub: Watching, info: string): Promise<unknown> =>
  soon(
    hub.monitor.upgrades$.pipe(
      filter(({ upgrades }) => upgrades.some((one) => one.info === info && one.writtenAt !== undefined)),
    ),
    `the file with the info ${info}`,
  )

describe('one of several plans of one name and height', () => {
  it('is withdrawn once another vote has replaced it by one that differs only in its info', async ({ server, hub }) => {
    server.put(5, { status: 'PASSED', messages: [upgradeMessage('v18', 1_050, 'first')] })
    server.put(6, { messages: [upgradeMessage('v18', 1_050, 'second')] })
    server.schedule({ name: 'v18', height: '1050', info: 'first' })
    await hub.poll()
    expect(hub.proposal(5)?.finding).not.toHaveProperty('withdrawn')
    server.put(6, { status: 'PASSED' })
    server.schedule({ name: 'v18', height: '1050', info: 'second' })
    await nextPoll(server, hub)
    const withdrawn = 'The chain has this upgrade scheduled with other info: v18 at height 1050.'
    expect(hub.proposal(5)?.finding).toMatchObject({ withdrawn })
    expect(hub.proposal(6)?.finding).not.toHaveProperty('withdrawn')
    server.mine(60)
    server.apply('v18', 1_050)
    // The winner is watched for two more readings.
    for (const _poll of [1, 2, 3, 4]) {
      await nextPoll(server, hub)
      expect(hub.proposal(5)?.finding).toMatchObject({ withdrawn })
      expect(hub.proposal(6)?.finding).toMatchObject({ applied: 1_050n })
    }
    server.requests.length = 0
    await nextPoll(server, hub)
    expect(server.requests.some((path) => path.includes('applied_plan'))).toBe(false)
  })

  it('is that of the chain if no known proposal has its info', async ({ server, hub }) => {
    server.put(5, { status: 'PASSED', messages: [upgradeMessage('v18', 1_050, 'first')] })
    server.schedule({ name: 'v18', height: '1050', info: 'second' })
    await hub.poll()
    expect(hub.proposal(5)?.finding).toHaveProperty('withdrawn')
    expect(hub.proposal('v18@1050', 'upgrade')?.finding).toMatchObject({
      plan: { name: 'v18', height: 1_050, info: 'second' },
    })
  })

  it('is that of the chain, also if another authority replaces its own one', async ({ server, hub }) => {
    server.schedule({ name: 'v18', height: '1050', info: 'first' })
    await hub.poll()
    server.schedule({ name: 'v18', height: '1050', info: 'second' })
    await nextPoll(server, hub)
    const finding = { plan: { name: 'v18', height: 1_050, info: 'second' }, origin: 'chain', problems: [] }
    expect(hub.proposal('v18@1050', 'upgrade')?.finding).toStrictEqual(finding)
    await nextPoll(server, hub)
    expect(hub.proposal('v18@1050', 'upgrade')?.finding).toStrictEqual(finding)
  })
})

describe('a monitor of votes for one name and height', () => {
  it('completes only the one that the chain carried out', async ({ server, place }) => {
    await using hub = watch({ chains: [configOf(server, { home: place.home, when: 'on-schedule' })] })
    await hub.settle()
    pass(server, 5, 'first')
    await hub.told('upgrade_scheduled', 5n)
    pass(server, 6, 'second')
    await written(hub, 'second')
    carryOut(server)
    await hub.told('upgrade_completed', 6n)
    await fourMore(server, hub)
    expect(upgradesOf(hub, 5n)).toStrictEqual(['upgrade_scheduled', 'upgrade_cancelled'])
    expect(upgradesOf(hub, 6n)).toStrictEqual(['upgrade_scheduled', 'upgrade_triggered', 'upgrade_completed'])
    expect(place.file()).toStrictEqual({ name: 'v18', height: 1_050, info: 'second' })
  })

  it.for(['first', 'second'])(
    'completes one if all that it sees of the second, with info "%s", is its end',
    async (info, { server }) => {
      await using hub = watch({ chains: [configOf(server)] })
      await hub.settle()
      pass(server, 5, 'first')
      await hub.told('upgrade_scheduled', 5n)
      server.put(6, { status: 'PASSED', messages: [upgradeMessage('v18', 1_050, info)] })
      carryOut(server)
      await hub.told('upgrade_completed', 5n)
      server.mine(1)
      await hub.settle()
      expect(upgradesOf(hub)).toStrictEqual(['upgrade_scheduled', 'upgrade_triggered', 'upgrade_completed'])
    },
  )

  it('completes the plan that the chain had scheduled before its vote was known, and not the vote, too', async ({
    server,
  }) => {
    await using hub = watch({ chains: [configOf(server)] })
    server.schedule({ name: 'v18', height: '1050', info: 'first' })
    await hub.told('upgrade_scheduled')
    pass(server, 5, 'first')
    pass(server, 6, 'first')
    await hub.proposal(6n)
    carryOut(server)
    await hub.told('upgrade_completed')
    server.mine(1)
    await hub.settle()
    expect(upgradesOf(hub)).toStrictEqual(['upgrade_scheduled', 'upgrade_triggered', 'upgrade_completed'])
    expect(await hub.upgrade(6n)).toMatchObject({
      status: 'past',
      reasons: ['The chain itself already has this upgrade: the chain carries it out once.'],
    })
  })

  it('tells a plan that was moved away and back once at each step', async ({ server, place }) => {
    await using hub = watch({ chains: [configOf(server, { home: place.home, when: 'on-schedule' })] })
    await hub.settle()
    pass(server, 5, 'first')
    await hub.told('upgrade_scheduled', 5n)
    pass(server, 6, 'first', 1_060)
    await hub.told('upgrade_rescheduled', 6n)
    pass(server, 7, 'third')
    await hub.told('upgrade_rescheduled', 7n)
    await written(hub, 'third')
    carryOut(server)
    await hub.told('upgrade_completed', 7n)
    await fourMore(server, hub)
    expect(upgradesOf(hub)).toStrictEqual([
      'upgrade_scheduled',
      'upgrade_rescheduled',
      'upgrade_rescheduled',
      'upgrade_triggered',
      'upgrade_completed',
    ])
    expect(place.file()).toStrictEqual({ name: 'v18', height: 1_050, info: 'third' })
  })

  it('has the info of the chain in the file, without a gap, if another authority changes it', async ({
    server,
    place,
  }) => {
    await using hub = watch({ chains: [configOf(server, { home: place.home, when: 'on-schedule' })] })
    server.schedule({ name: 'v18', height: '1050', info: 'first' })
    await hub.told('upgrade_scheduled')
    server.schedule({ name: 'v18', height: '1050', info: 'second' })
    server.mine(1)
    await hub.told('upgrade_rescheduled')
    await written(hub, 'second')
    expect(place.file()).toStrictEqual({ name: 'v18', height: 1_050, info: 'second' })
    expect(upgradesOf(hub)).toStrictEqual(['upgrade_scheduled', 'upgrade_rescheduled'])
  })
})
