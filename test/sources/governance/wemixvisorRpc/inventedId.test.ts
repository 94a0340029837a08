import { describe, expect, onTestFinished } from 'vitest'
import { watch } from '../../../monitor/watching.js'
import { startWemixvisorServer } from '../../../support/servers/wemixvisorServer.js'
import { upgrade, wire } from './following.js'
import { configOf } from './monitorGiven.js'
import { onWemixvisor as it } from './onWemixvisor.js'

describe('the id of a proposal that the first of three nodes invents, where two must agree', () => {
  it('delays no proposal below it', async ({ server, place }) => {
    const others = [await startWemixvisorServer(), await startWemixvisorServer()]
    for (const other of others) onTestFinished(() => other.stop())
    const all = [server, ...others]
    const chain = configOf(server, place.home)
    server.put(wire('90', 'rejected'))
    await using node = watch({
      chains: [{ ...chain, rpc: { urls: all.map(({ url }) => url), agreement: 2 } }],
    })
    await node.proposal(90n, () => true)
    server.drop('90')
    for (const one of all) {
      one.put(wire('7', 'voting'))
      // It opened and was executed since the last reading.
      one.put(upgrade('8', 'executed', { name: 'v2', height: 1_050 }))
      one.mine()
    }
    await node.proposal(7n, () => true)
    for (const one of all) one.mine()
    await node.told('upgrade_scheduled', 8n)
    expect((await node.proposal(7n, () => true)).status).toBe('voting')
  })
})
