import { describe, expect } from 'vitest'
import { upgrade } from '../sources/governance/wemixvisorRpc/following.js'
import { configOf } from '../sources/governance/wemixvisorRpc/monitorGiven.js'
import { onSharedChain, untilDone } from '../support/fixtures.js'
import { startWemixvisorServer } from '../support/servers/wemixvisorServer.js'
import { chainOf, watch } from './watching.js'

const it = onSharedChain.extend('visor', ({}, cleaning) => untilDone(startWemixvisorServer(), cleaning))

describe('the heads of a chain', () => {
  it('are polled with one request each, and a new block causes one batch', async ({ chain, proxy }) => {
    const people = await chain.deploy()
    await people.actor.propose({ description: 'One' })
    await using watching = watch({ chains: [chainOf(proxy.url, people.governor)] })
    await watching.settle()
    proxy.reset()
    await proxy.waitFor(2)
    await chain.client.mine({ blocks: 1 })
    const asked = proxy.requests.length
    await proxy.waitFor(asked + 4)

    const isLook = proxy.requests.map((calls) => calls.every(({ params }) => params?.[0] === 'latest'))
    expect(isLook.filter((look) => !look)).toStrictEqual([false])
    expect(isLook[0]).toBe(true)
  })

  it('trigger a poll each second near the height of an upgrade, however long the interval is', async ({
    visor: server,
    place,
  }) => {
    await using watching = watch({
      chains: [{ ...configOf(server, place.home), monitor: { pollInterval: '1h' } }],
    })
    await watching.settle()
    server.put(upgrade('7', 'passed', { name: 'v2', height: 1_005 }))
    server.mine()
    await watching.settle()
    expect(await watching.upgrade(7n)).toMatchObject({ status: 'scheduled' })
    server.mine(4)
    await watching.told('upgrade_triggered', 7n)

    expect(place.file()).toMatchObject({ name: 'v2', height: 1_005 })
  })

  it('are reported as down when they cannot be read, and as recovered when they can', async ({ chain, proxy }) => {
    const people = await chain.deploy()
    await using watching = watch({ chains: [chainOf(proxy.url, people.governor)] })
    await watching.settle()
    proxy.behave({ fail: { status: 503 } })
    await watching.told('source_down')
    proxy.behave({})
    await watching.told('source_recovered')
    proxy.reset()

    // Head requests go on, and nothing else is requested.
    await proxy.waitFor(3)
    expect(proxy.methods().every((method) => method === 'eth_getBlockByNumber')).toBe(true)
  })
})
