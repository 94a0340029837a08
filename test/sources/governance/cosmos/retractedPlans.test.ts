import { describe, expect } from 'vitest'
import { watch } from '../../../monitor/watching.js'
import { upgradeMessage } from '../../../support/servers/cosmos/messages.js'
import { onCosmos as it } from './onCosmos.js'
import { configOf, pass, upgradesOf } from './monitorGiven.js'

describe('a plan that a Cosmos chain takes back', () => {
  it('cancels an upgrade that the chain does not have scheduled any more, and follows the one in its place', async ({
    server,
  }) => {
    await using hub = watch({ chains: [configOf(server)] })
    pass(server, 5, 'v18', 5_000)
    await hub.told('upgrade_scheduled', 5n)
    pass(server, 6, 'v18', 6_000)
    const { message } = await hub.told('upgrade_cancelled', 5n)
    expect(message).toContain('The chain has another upgrade scheduled in its place: v18 at height 6000.')
    await hub.told('upgrade_scheduled', 6n)
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

  it('triggers nothing where the plan was cancelled and its height came between two polls', async ({
    server,
    place,
  }) => {
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

  it('tells a cancelled upgrade that comes back, and one whose proposal cannot be read any more as cancelled', async ({
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
    expect(hub.notifications(5n).at(-1)?.message).toContain('It was called off before, and is back.')
  })

  it('schedules nothing that was called off before anybody looked, though the servers tell no height', async ({
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
})
