import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ConfigInput } from '../../../../src/config/schema.js'
import { scratch, watch } from '../../../monitor/watching.js'
import { startWemixvisorServer, type WemixvisorServer } from '../../../support/wemixvisorServer.js'
import { upgrade } from './following.js'

let server: WemixvisorServer
beforeEach(async () => {
  server = await startWemixvisorServer()
})
afterEach(() => server.stop())

const far = (2n ** 53n - 1n).toString()

function configOf(home: string): ConfigInput['chains'][number] {
  return {
    name: 'wemix',
    rpc: { urls: [server.url] },
    governance: { system: 'wemixvisor-rpc' },
    monitor: { pollInterval: '50ms' },
    scheduler: { minUpgradeDelay: '0s', completion: 'height', reminders: [] },
    upgradeInfo: { home },
  }
}

describe("a monitor of a node that speaks wemixvisor's dialect", () => {
  it.each([
    ['with blocks', {}],
    ['without blocks', { without: ['block'] }],
  ])('sees an upgrade through after one height of 2^53-1, across restarts (%s)', async (_what, manner) => {
    using place = scratch()
    const config = { state: place.state, chains: [configOf(place.home)] }
    server.behave(manner)
    {
      await using node = watch(config)
      await node.settle()
      server.put(upgrade('7', 'passed', { name: 'v2', height: 1_050 }))
      server.mine()
      await node.told('upgrade_scheduled', 7n)
      server.behave({ ...manner, sync: { latest_block_height: far } })
      await node.settle()
      await node.settle()
      expect(place.file()).toBeUndefined()
    }
    server.behave(manner)
    server.mine()
    await using node = watch(config)
    await node.settle()
    await node.settle()
    expect(place.file()).toBeUndefined()
    server.mine(1_050 - server.height())
    await node.told('upgrade_triggered', 7n)
    expect(place.file()).toEqual({ name: 'v2', height: 1_050 })
  })

  it('does not cancel an upgrade that one node behind a balancer does not know', async () => {
    using place = scratch()
    await using node = watch({ chains: [configOf(place.home)] })
    server.put(upgrade('7', 'passed', { name: 'v2', height: 5_000 }))
    await node.told('upgrade_scheduled', 7n)
    server.behave({ forgets: () => true })
    await node.settle()
    server.behave({})
    await node.settle()
    expect(node.events(7n)).not.toContain('upgrade_cancelled')
  })
})
