import { describe, expect, onTestFinished } from 'vitest'
import { watch } from '../../../monitor/watching.js'
import { startWemixvisorServer, timeOfBlock } from '../../../support/servers/wemixvisorServer.js'
import { upgrade, wire } from './following.js'
import { onWemixvisor as it } from './onWemixvisor.js'
import { cancellation, configOf } from './monitorGiven.js'

const far = (2n ** 53n - 1n).toString()

describe('a monitor of a node with the wemixvisor dialect', () => {
  it.for([
    ['with blocks', {}],
    ['without blocks', { without: ['block'] }],
  ] as const)(
    'completes an upgrade after a wrong height of 2^53-1, across restarts (%s)',
    async ([_what, manner], { server, place }) => {
      const config = { state: place.state, chains: [configOf(server, place.home)] }
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
    },
  )

  it('does not believe a height whose block the node refuses, whatever its status says', async ({ server, place }) => {
    await using node = watch({ chains: [configOf(server, place.home)] })
    await node.settle()
    server.put(upgrade('7', 'passed', { name: 'v2', height: 1_050 }))
    server.mine()
    await node.told('upgrade_scheduled', 7n)
    // By its clock the node could have come as far.
    server.behave({ sync: { latest_block_height: '99999' } })
    const [result] = await node.monitor.sync()
    expect(result?.ok === false && result.failure.message).toContain('its newest block is 99999')
    expect(place.file()).toBeUndefined()
    server.behave({})
    await node.settle()
    expect(node.monitor.snapshot().heads).toMatchObject([{ number: 1_001n }])
  })

  it('does not cancel an upgrade that one node behind a load balancer does not know', async ({ server, place }) => {
    await using node = watch({ chains: [configOf(server, place.home)] })
    server.put(upgrade('7', 'passed', { name: 'v2', height: 5_000 }))
    await node.told('upgrade_scheduled', 7n)
    server.behave({ forgets: () => true })
    await node.settle()
    server.behave({})
    await node.settle()
    expect(node.events(7n)).not.toContain('upgrade_cancelled')
  })

  it('does not write a plan that one of two agreeing nodes has cancelled', async ({ server, place }) => {
    const other = await startWemixvisorServer()
    onTestFinished(() => other.stop())
    const chain = configOf(server, place.home)
    await using node = watch({ chains: [{ ...chain, rpc: { urls: [server.url, other.url], agreement: 2 } }] })
    await node.settle()
    for (const each of [server, other]) {
      each.put(upgrade('7', 'passed', { name: 'v2', height: 1_050 }))
      each.put(cancellation('8', 'passed'))
    }
    server.behave({ forgets: (id) => id === '8' })
    server.mine()
    await node.told('upgrade_scheduled', 7n)
    for (const each of [server, other]) each.mine(1_050 - each.height())
    const { message } = await node.told('upgrade_failed', 7n)
    expect(message).toContain('At most 1 of 2 nodes confirm v2 at height 1,050')
    expect(place.file()).toBeUndefined()
    server.behave({})
    await node.told('upgrade_cancelled', 7n)
    expect(place.file()).toBeUndefined()
  })

  it.for(['passed', 'PROPOSAL_STATUS_PASSED'])(
    'does not write a plan while its status is unknown, and continues afterwards (%s)',
    async (status, { server, place }) => {
      server.put(upgrade('7', status, { name: 'v2', height: 1_050 }))
      server.put(wire('6', 'voting'))
      await using node = watch({ chains: [configOf(server, place.home)] })
      await node.told('upgrade_scheduled', 7n)
      server.behave({ garbled: (id) => id === '7' })
      server.mine(1_050 - server.height())
      const { message } = await node.told('upgrade_refused', 7n)
      expect(message).toContain('The chain now answers "asleep" for proposal 7, which govstream does not understand')
      await node.settle()
      expect(place.file()).toBeUndefined()
      server.behave({})
      await node.told('upgrade_triggered', 7n)
      expect(place.file()).toEqual({ name: 'v2', height: 1_050 })
    },
  )

  it('neither cancels nor writes while the node returns something other than the proposal', async ({
    server,
    place,
  }) => {
    server.put(upgrade('7', 'passed', { name: 'v2', height: 1_050 }))
    await using node = watch({ chains: [configOf(server, place.home)] })
    await node.told('upgrade_scheduled', 7n)
    const busy = { code: 13, message: 'upstream busy', details: [] }
    server.behave({
      body: (answers) =>
        JSON.stringify(
          answers.map((answer) => (/"proposals?"/.test(JSON.stringify(answer)) ? { ...answer, result: busy } : answer)),
        ),
    })
    server.mine(1_050 - server.height())
    await node.settle()
    await node.settle()
    await node.settle()
    expect(place.file()).toBeUndefined()
    expect(node.events(7n)).not.toContain('upgrade_cancelled')
    server.behave({})
    await node.told('upgrade_triggered', 7n)
    expect(place.file()).toEqual({ name: 'v2', height: 1_050 })
  })

  it('cancels a plan whose own proposal cannot be read when its cancellation passes', async ({ server, place }) => {
    server.put(upgrade('7', 'passed', { name: 'v2', height: 1_050 }))
    await using node = watch({ chains: [configOf(server, place.home)] })
    await node.told('upgrade_scheduled', 7n)
    server.behave({ garbled: (id) => id === '7' })
    server.put(cancellation('8', 'passed'))
    server.mine()
    await node.settle()
    await node.settle()
    server.mine(100)
    await node.settle()
    expect(place.file()).toBeUndefined()
    server.behave({})
    await node.told('upgrade_cancelled', 7n)
    expect(place.file()).toBeUndefined()
  })

  it('cancels a plan that was executed long ago, and no old answer about the cancellation restores it', async ({
    server,
    place,
  }) => {
    await using node = watch({ chains: [configOf(server, place.home)] })
    await node.settle()
    const settleAt = async (height: number): Promise<void> => {
      server.mine(height - server.height())
      await node.settle()
    }
    for (const [at, status] of ['passed', 'executed'].entries()) {
      server.put(upgrade('7', status, { name: 'v2', height: 3_000 }))
      await settleAt(1_001 + at)
    }
    await settleAt(1_500)
    await settleAt(1_501)
    for (const [at, status] of ['voting', 'passed', 'executed'].entries()) {
      server.put(cancellation('8', status))
      await settleAt(1_502 + at)
    }
    await settleAt(2_000)
    await settleAt(2_001)
    server.put(cancellation('8', 'voting'))
    await settleAt(3_000)
    await node.settle()
    expect(node.events(7n).filter((event) => event.startsWith('upgrade'))).toStrictEqual([
      'upgrade_scheduled',
      'upgrade_cancelled',
    ])
    expect(place.file()).toBeUndefined()
  })

  it('cancels a queued plan, and one that is read only after the cancellation', async ({ server, place }) => {
    const at = (height: number) => ({ voting_end_time: timeOfBlock(height) })
    server.put(upgrade('7', 'queued', { name: 'v2', height: 1_050 }, at(900)))
    server.put(upgrade('8', 'queued', { name: 'v3', height: 1_060 }, at(910)))
    await using node = watch({ chains: [configOf(server, place.home)] })
    await node.told('upgrade_scheduled', 8n)
    server.behave({ forgets: (id) => id === '8' })
    for (const blocks of [1, 21]) {
      server.mine(blocks)
      await node.settle()
    }
    server.put(cancellation('9', 'passed', at(920)))
    server.mine()
    await node.told('upgrade_cancelled', 7n)
    server.behave({})
    server.mine()
    await node.told('upgrade_cancelled', 8n)
    server.mine(100)
    await node.settle()
    expect(place.file()).toBeUndefined()
  })

  it.for([
    ['at an unknown time', { voting_end_time: undefined }],
    ['at the same time', {}],
  ] as const)('cancels a plan whose cancellation passed %s', async ([_what, parts], { server, place }) => {
    server.put(upgrade('7', 'passed', { name: 'v2', height: 1_050 }))
    await using node = watch({ chains: [configOf(server, place.home)] })
    await node.told('upgrade_scheduled', 7n)
    server.put(cancellation('8', 'passed', parts))
    server.mine()
    await node.told('upgrade_cancelled', 7n)
    server.mine(100)
    await node.settle()
    expect(place.file()).toBeUndefined()
  })
})

describe('what one of two nodes says against an upgrade while the other is down, where both must agree', () => {
  const plan = { name: 'v2', height: 1_400 }

  it.for([
    ['the vote is rejected', 'voting', upgrade('7', 'rejected', plan), 'proposal_rejected'],
    ['the vote has failed', 'voting', upgrade('7', 'failed', plan), 'proposal_failed'],
    ['another proposal cancelled it', 'passed', cancellation('8', 'passed'), 'upgrade_cancelled'],
  ] as const)(
    'delays only this upgrade, also across a restart: %s',
    async ([_what, status, end, event], { server, place }) => {
      const other = await startWemixvisorServer()
      onTestFinished(() => other.stop())
      const both = configOf(server, place.home)
      const config = {
        state: place.state,
        chains: [{ ...both, rpc: { urls: [server.url, other.url], agreement: 2 } }],
      }
      const first = watch(config)
      await first.settle()
      for (const one of [server, other]) one.put(upgrade('7', status, plan))
      for (const one of [server, other]) one.mine()
      await first.upgrade(7n)
      other.behave({ httpStatus: 503, body: () => 'Down.' })
      server.put(end)
      server.mine()
      await first.proposal(7n, ({ finding }) => finding?.unsure?.includes('fewer than 2 nodes confirm it.') === true)
      expect(first.monitor.snapshot().heads).toMatchObject([{ number: 1_002n }])
      expect((await first.upgrade(7n)).status).toBe(status === 'voting' ? 'pending' : 'scheduled')
      await first.stop()

      await using second = watch(config)
      server.mine()
      await second.settle()
      await second.settle()
      expect(second.events(7n)).not.toContain(event)
      other.put(end)
      other.behave({})
      for (const one of [server, other]) one.mine(3)
      await second.told(event, 7n)
    },
  )
})
