import { describe, expect } from 'vitest'
import { watch } from '../../../monitor/watching.js'
import { upgradeMessage } from '../../../support/servers/cosmos/messages.js'
import { onCosmos as it } from './onCosmos.js'
import { configOf, pass, upgradesOf } from './monitorGiven.js'

describe('a plan that a Cosmos chain withdraws', () => {
  it('is moved if a second vote on its name replaces it, and cancelled if the chain has none', async ({ server }) => {
    await using hub = watch({ chains: [configOf(server)] })
    pass(server, 5, 'v18', 5_000)
    await hub.told('upgrade_scheduled', 5n)
    pass(server, 6, 'v18', 6_000)
    const { title, message, priority } = await hub.told('upgrade_rescheduled', 6n)
    expect([title, priority]).toStrictEqual(['Upgrade v18 moved from height 5,000 to 6,000', 'critical'])
    expect(message).toContain('the proposal moves v18 to height 6,000; the plan of proposal 5 was v18 at 5,000.')
    const former = await hub.upgrade(5n, ({ status }) => status === 'cancelled')
    expect(former.reasons).toStrictEqual(['The chain has another upgrade scheduled in its place: v18 at height 6000.'])
    expect([upgradesOf(hub, 5n), upgradesOf(hub, 6n)]).toStrictEqual([['upgrade_scheduled'], ['upgrade_rescheduled']])
    server.put(7, {
      status: 'PASSED',
      messages: [{ '@type': '/cosmos.upgrade.v1beta1.MsgCancelUpgrade', authority: 'gov' }],
    })
    server.schedule(null)
    server.mine(1)
    await hub.told('upgrade_cancelled', 6n)
    expect(hub.events(5n)).not.toContain('upgrade_refused')
    expect(hub.events(6n)).not.toContain('upgrade_refused')
  })

  it('has its file rewritten with the new height when it is moved', async ({ server, place }) => {
    await using hub = watch({ chains: [configOf(server, { home: place.home, when: 'on-schedule' })] })
    pass(server, 5, 'v18', 5_000)
    await hub.upgrade(5n, ({ writtenAt }) => writtenAt !== undefined)
    pass(server, 6, 'v18', 6_000)
    await hub.upgrade(6n, ({ writtenAt }) => writtenAt !== undefined)
    expect(place.file()).toMatchObject({ name: 'v18', height: 6_000 })
    // Earlier than before, too: the file for the later height is taken back first.
    pass(server, 7, 'v18', 4_000)
    await hub.upgrade(7n, ({ writtenAt }) => writtenAt !== undefined)
    expect(place.file()).toMatchObject({ name: 'v18', height: 4_000 })
    expect(upgradesOf(hub)).toStrictEqual(['upgrade_scheduled', 'upgrade_rescheduled', 'upgrade_rescheduled'])
  })

  it('is cancelled if another name replaces it, because that is another upgrade', async ({ server }) => {
    await using hub = watch({ chains: [configOf(server)] })
    pass(server, 5, 'v18', 5_000)
    await hub.told('upgrade_scheduled', 5n)
    pass(server, 6, 'v19', 6_000)
    const { message } = await hub.told('upgrade_cancelled', 5n)
    expect(message).toContain('The chain has another upgrade scheduled in its place: v19 at height 6,000.')
    await hub.told('upgrade_scheduled', 6n)
  })

  it('triggers nothing if it was cancelled and its height passed between two polls', async ({ server, place }) => {
    await using hub = watch({ chains: [configOf(server, { home: place.home, when: 'at-height' })] })
    pass(server, 5, 'v18', 1_100)
    await hub.told('upgrade_scheduled', 5n)
    server.schedule(null)
    server.mine(200)
    await hub.told('upgrade_cancelled', 5n)
    await hub.settle()
    expect(hub.events(5n)).not.toContain('upgrade_triggered')
    expect(place.file()).toBeUndefined()
  })

  it('is announced as cancelled, even without its proposal, and as scheduled again when it returns', async ({
    server,
  }) => {
    await using hub = watch({ chains: [configOf(server)] })
    pass(server, 5, 'v18', 5_000)
    await hub.told('upgrade_scheduled', 5n)
    server.drop(5)
    server.schedule(null)
    server.mine(1)
    await hub.told('upgrade_cancelled', 5n)
    server.schedule({ name: 'v18', height: '5000', info: '' })
    server.mine(1)
    await hub.upgrade(5n, ({ status, revision }) => status === 'scheduled' && revision === 2)
    await hub.settle()
    expect(upgradesOf(hub, 5n)).toEqual(['upgrade_scheduled', 'upgrade_cancelled', 'upgrade_scheduled'])
    expect(hub.notifications(5n).at(-1)?.message).toContain('It was cancelled before, and is back.')
  })

  it('is not scheduled if it was withdrawn before the start, though the servers report no height', async ({
    server,
  }) => {
    server.behave({ hidesHeight: true })
    server.put(5, { status: 'PASSED', messages: [upgradeMessage('v18', 5_000)] })
    await using hub = watch({ chains: [configOf(server)] })
    await hub.settle()
    server.mine(1)
    await hub.settle()
    await hub.settle()
    expect(upgradesOf(hub)).toEqual([])
    server.schedule({ name: 'v18', height: '5000', info: '' })
    server.mine(1)
    expect(await hub.told('upgrade_scheduled', 5n)).toMatchObject({ priority: 'high' })
  })

  it.for([
    ['one block behind', 1, 1],
    ['one block behind, and some blocks fall between two polls', 1, 5],
    ['up to date', 0, 1],
  ] as const)(
    'is cancelled if the nodes skip it at its height, and REST is %s',
    async ([, lag, blocks], { server }) => {
      server.behave({ lag })
      await using hub = watch({ chains: [configOf(server)] })
      await hub.settle()
      pass(server, 5, 'v18', 1_050)
      server.mine(1_050 - server.height())
      await hub.told('upgrade_triggered', 5n)
      server.schedule(null)
      server.mine(blocks)
      await hub.settle()
      server.mine(1)
      await hub.told('upgrade_cancelled', 5n)
      server.mine(5)
      await hub.settle()
      expect(upgradesOf(hub, 5n)).toStrictEqual(['upgrade_scheduled', 'upgrade_triggered', 'upgrade_cancelled'])
    },
  )
})
