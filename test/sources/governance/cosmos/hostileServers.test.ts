import { describe, expect } from 'vitest'
import { createMonitor } from '../../../../src/monitor.js'
import { watch } from '../../../monitor/watching.js'
import { upgradeMessage } from '../../../support/servers/cosmos/messages.js'
import { onCosmos as it } from './onCosmos.js'
import { configOf, pass, upgradesOf } from './monitorGiven.js'

describe('a monitor of a Cosmos chain with faulty servers', () => {
  it('writes nothing while the servers do not say whether the plan still exists', async ({ server, place }) => {
    await using hub = watch({ chains: [configOf(server, { home: place.home, when: 'at-height' })] })
    server.behave({ hidesHeight: true })
    pass(server, 5, 'v18', 1_010)
    await hub.told('upgrade_scheduled', 5n)
    server.schedule(null)
    server.mine(20)
    await hub.settle()
    await hub.settle()
    expect(place.file()).toBeUndefined()
    expect(upgradesOf(hub, 5n)).toEqual(['upgrade_scheduled'])
  })

  it.for(['1050', '900', '99999999'])(
    'does not take a future plan as applied: applied at %s',
    async (height, { server, place }) => {
      await using hub = watch({ chains: [configOf(server, { home: place.home, when: 'at-height' })] })
      await hub.settle()
      pass(server, 5, 'v18', 1_050)
      await hub.told('upgrade_scheduled', 5n)
      server.behave({ hidesHeight: true })
      server.schedule(null)
      server.answer('/cosmos/upgrade/v1beta1/applied_plan/v18', { height })
      server.mine(35)
      await hub.settle()
      await hub.settle()
      expect(upgradesOf(hub, 5n)).toEqual(['upgrade_scheduled'])
      server.behave({})
      server.schedule({ name: 'v18', height: '1050', info: '' })
      server.mine(1_050 - server.height())
      await hub.told('upgrade_triggered', 5n)
      expect(place.file()).toMatchObject({ name: 'v18', height: 1_050 })
    },
  )

  it('recovers from a REST header of 2^62, also if the state was written then', async ({ server, place }) => {
    const config = { state: place.state, chains: [configOf(server)] }
    server.behave({ heightOf: (path) => (path.includes('current_plan') ? 2 ** 62 : undefined) })
    {
      await using hub = watch(config)
      await hub.settle()
    }
    server.behave({})
    await using hub = watch(config)
    await hub.settle()
    server.put(9)
    server.mine(1)
    expect(await hub.told('new_proposal', 9n)).toMatchObject({ chain: 'hub' })
  })

  it('reports a server with circular pages, and ends a sync', async ({ server }) => {
    server.behave({ circles: true })
    for (const id of [1, 2, 3, 4]) server.put(id)
    const monitor = createMonitor({ state: ':memory:', notifier: { handlers: [] }, chains: [configOf(server)] })
    const [result] = await monitor.sync()
    expect(result).toMatchObject({ ok: false, failure: { kind: 'transient' } })
    expect(result?.ok === false && result.failure.message).toContain('repeats pages')
  })

  it.for([
    ['its node answers with the last block before it', false],
    ['its node is gone', true],
  ] as const)(
    'reports an upgrade whose height does not come, and completes it later: %s',
    async ([_what, isGone], { server }) => {
      await using hub = watch({
        chains: [
          {
            ...configOf(server),
            monitor: { pollInterval: '50ms', maxBackoff: '100ms' },
            scheduler: { minUpgradeDelay: '0s', completion: 'height', reminders: [], stallTimeout: '500ms' },
          },
        ],
      })
      await hub.settle()
      server.put(5, { status: 'PASSED', messages: [upgradeMessage('v18', 1_050)] })
      server.schedule({ name: 'v18', height: '1050', info: '' })
      server.mine(1_049 - server.height())
      await hub.told('upgrade_halt_reached', 5n)
      if (isGone) server.behave({ fail: () => 'drop' })
      const { message } = await hub.told('upgrade_failed', 5n)
      expect(message).toContain(isGone ? 'The node has not come back for' : 'No new block for')
      server.behave({})
      server.mine(1)
      server.apply('v18')
      await hub.told('upgrade_completed', 5n)
      expect(upgradesOf(hub, 5n)).toEqual([
        'upgrade_scheduled',
        'upgrade_halt_reached',
        'upgrade_failed',
        'upgrade_triggered',
        'upgrade_completed',
      ])
    },
  )

  it('ends a sync of a list without an end', async ({ server }) => {
    server.behave({ invents: 1_500 })
    const monitor = createMonitor({ state: ':memory:', notifier: { handlers: [] }, chains: [configOf(server)] })
    const [result] = await monitor.sync()
    expect(result?.ok === false && result.failure.message).toContain('no chain has that many')
  })

  it('reports a list that does not become shorter, and ends a sync of it', async ({ server }) => {
    server.behave({ invents: 1 })
    const chain = { ...configOf(server), monitor: { pollInterval: '50ms', stallAfter: '300ms' } }
    await using hub = watch({ chains: [chain] })
    const { message } = await hub.told('source_down')
    expect(message).toContain('what is still to be read has not become less')
    const monitor = createMonitor({ state: ':memory:', notifier: { handlers: [] }, chains: [chain] })
    const [result] = await monitor.sync()
    expect(result?.ok === false && result.failure.message).toContain('has not become less')
  })
})
