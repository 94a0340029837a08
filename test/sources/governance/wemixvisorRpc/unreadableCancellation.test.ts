import { describe, expect, onTestFinished } from 'vitest'
import { watch } from '../../../monitor/watching.js'
import { startWemixvisorServer, timeOfBlock, type WemixvisorServer } from '../../../support/servers/wemixvisorServer.js'
import { upgrade, wire } from './following.js'
import { onWemixvisor as it } from './onWemixvisor.js'
import { cancellation, configOf } from './monitorGiven.js'

describe('a cancellation that has passed but cannot be read', () => {
  const unreadable = (server: WemixvisorServer, id: string): void => server.put(cancellation(id, 'passed'))
  /** Reports the proposal of this id in its list with an unknown status. */
  const garble = (server: WemixvisorServer, id: string): void => server.behave({ garbled: (one) => one === id })

  it('suspends an earlier plan, with the reason, until it can be read', async ({ server, place }) => {
    server.put(upgrade('7', 'passed', { name: 'v2', height: 1_050 }))
    server.put(wire('6', 'voting'))
    await using node = watch({ chains: [configOf(server, place.home)] })
    await node.told('upgrade_scheduled', 7n)
    unreadable(server, '8')
    garble(server, '8')
    server.mine(1_050 - server.height())
    const { message } = await node.told('upgrade_refused', 7n)
    expect(message).toContain('Proposal 8 has passed after it and cannot be read')
    await node.settle()
    expect(place.file()).toBeUndefined()
    expect(node.events(7n)).not.toContain('upgrade_cancelled')
    server.behave({})
    await node.told('upgrade_cancelled', 7n)
    expect(place.file()).toBeUndefined()
  })

  it.for(['passed', 'queued', 'executed'])(
    'suspends a plan that is read for the first time, too: %s',
    async (status, { server, place }) => {
      server.put(upgrade('7', 'passed', { name: 'v2', height: 1_050 }))
      server.put(cancellation('8', status))
      garble(server, '8')
      await using node = watch({ chains: [configOf(server, place.home)] })
      expect((await node.told('upgrade_refused', 7n)).message).toContain('Proposal 8 has passed after it')
      server.mine(1_050 - server.height())
      await node.settle()
      await node.settle()
      expect(place.file()).toBeUndefined()
      expect(node.events(7n)).not.toContain('upgrade_triggered')
    },
  )

  it('suspends the plan if it is in no list any more, too', async ({ server, place }) => {
    server.put(upgrade('7', 'passed', { name: 'v2', height: 1_050 }))
    server.put(cancellation('8', 'voting'))
    await using node = watch({ chains: [configOf(server, place.home)] })
    await node.told('upgrade_scheduled', 7n)
    server.put(cancellation('8', 'asleep'))
    server.mine(1_050 - server.height())
    expect((await node.told('upgrade_refused', 7n)).message).toContain('Proposal 8 has passed after it')
    expect(place.file()).toBeUndefined()
  })

  it('that turns out to be something else lets the plan continue', async ({ server, place }) => {
    server.put(upgrade('7', 'passed', { name: 'v2', height: 1_050 }))
    await using node = watch({ chains: [configOf(server, place.home)] })
    await node.told('upgrade_scheduled', 7n)
    server.put(wire('8', 'passed'))
    garble(server, '8')
    server.mine(1_050 - server.height())
    await node.told('upgrade_refused', 7n)
    server.behave({})
    await node.told('upgrade_triggered', 7n)
    expect(place.file()).toEqual({ name: 'v2', height: 1_050 })
  })

  it.for([
    [
      'is older than the plan',
      (server: WemixvisorServer) => server.put(cancellation('5', 'passed', { voting_end_time: timeOfBlock(900) })),
      '5',
    ],
    [
      'is still voted on, because anyone can propose one',
      (server: WemixvisorServer) => server.put(cancellation('8', 'voting')),
      '8',
    ],
    ['was rejected', (server: WemixvisorServer) => server.put(cancellation('8', 'rejected')), '8'],
  ] as const)('does not suspend the plan if it %s', async ([_what, put, id], { server, place }) => {
    server.put(upgrade('7', 'passed', { name: 'v2', height: 1_050 }))
    put(server)
    garble(server, id)
    await using node = watch({ chains: [configOf(server, place.home)] })
    await node.told('upgrade_scheduled', 7n)
    server.mine(1_050 - server.height())
    await node.told('upgrade_triggered', 7n)
    expect(place.file()).toEqual({ name: 'v2', height: 1_050 })
  })

  it('at one of two agreeing nodes keeps that node from confirming', async ({ server, place }) => {
    const other = await startWemixvisorServer()
    onTestFinished(() => other.stop())
    const chain = configOf(server, place.home)
    await using node = watch({ chains: [{ ...chain, rpc: { urls: [server.url, other.url], agreement: 2 } }] })
    await node.settle()
    for (const each of [server, other]) {
      each.put(upgrade('7', 'passed', { name: 'v2', height: 1_050 }))
      each.mine()
    }
    other.put(cancellation('8', 'passed'))
    other.behave({ garbled: (id) => id === '8' })
    await node.told('upgrade_scheduled', 7n)
    for (const each of [server, other]) each.mine(1_050 - each.height())
    const { message } = await node.told('upgrade_failed', 7n)
    expect(message).toContain('At most 1 of 2 nodes confirm v2 at height 1,050')
    expect(place.file()).toBeUndefined()
  })

  it('at the first of three nodes of which two must agree does not suspend the plan', async ({ server, place }) => {
    const nodes = [server, await startWemixvisorServer(), await startWemixvisorServer()]
    for (const other of nodes.slice(1)) onTestFinished(() => other.stop())
    const chain = configOf(server, place.home)
    for (const each of nodes) each.put(upgrade('7', 'passed', { name: 'v2', height: 1_050 }))
    server.put(cancellation('8', 'passed'))
    garble(server, '8')
    const rpc = { urls: nodes.map(({ url }) => url), agreement: 2 }
    await using node = watch({ chains: [{ ...chain, rpc }] })
    await node.told('upgrade_scheduled', 7n)
    for (const each of nodes) each.mine(1_050 - each.height())
    await node.told('upgrade_triggered', 7n)
    expect(place.file()).toEqual({ name: 'v2', height: 1_050 })
  })
})
