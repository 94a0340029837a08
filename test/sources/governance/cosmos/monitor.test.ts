import { describe, expect } from 'vitest'
import { eventsToSchedule } from '../../../monitor/upgradeStory.js'
import { createMonitor } from '../../../../src/monitor.js'
import { proposalIdOf } from '../../../../src/domain/notifications/notification.js'
import { watch } from '../../../monitor/watching.js'
import { timeOf, start } from '../../../support/servers/cosmos/chain.js'
import { legacyMessage, upgradeMessage } from '../../../support/servers/cosmos/messages.js'
import { onCosmos as it } from './onCosmos.js'
import { configOf, pass, upgradesOf } from './monitorGiven.js'

const info =
  '{"binaries":{"linux/amd64":"https://example.org/gaiad?checksum=sha256:63e7384d8d0cb0f48e9daa6439cb1bb60ade29c4be84586486ba222ee4cf20dd"}}'

describe('a monitor of a Cosmos chain', () => {
  it('announces a vote, schedules and completes its upgrade, and leaves the file to the node', async ({
    server,
    place,
  }) => {
    await using hub = watch({ chains: [configOf(server, { home: place.home })] })
    await hub.settle()
    server.put(937, {
      title: 'Gaia v18',
      messages: [upgradeMessage('v18', 1_050, info)],
      votes: ['300000', '0', '0', '0'],
    })
    server.mine(1)
    await hub.told('new_proposal', 937n)
    server.mine(1)
    server.put(937, { votes: ['500000', '0', '0', '0'] })
    await hub.told('quorum_reached', 937n)

    server.put(937, { status: 'PASSED' })
    server.schedule({ name: 'v18', height: '1050', info })
    server.mine(1)
    await hub.told('proposal_passed', 937n)
    const scheduled = await hub.upgrade(937n, ({ status }) => status === 'scheduled')
    expect(scheduled).toMatchObject({ name: 'v18', height: 1_050, info, origin: 'call' })

    server.mine(1_050 - server.height())
    server.apply('v18')
    await hub.told('upgrade_triggered', 937n)
    server.mine(10)
    await hub.told('upgrade_completed', 937n)
    expect(place.file()).toBeUndefined()
    expect(hub.events(937n)).toEqual([...eventsToSchedule, 'upgrade_triggered', 'upgrade_completed'])
  })

  it('writes the file early if configured, with info as text, as cosmovisor reads it', async ({ server, place }) => {
    await using hub = watch({ chains: [configOf(server, { home: place.home, when: 'on-schedule' })] })
    server.put(937, { status: 'PASSED', messages: [upgradeMessage('v18', 1_500, info)] })
    server.schedule({ name: 'v18', height: '1500', info })
    server.mine(1)
    await hub.upgrade(937n, ({ writtenAt }) => writtenAt !== undefined)
    expect(place.file()).toEqual({ name: 'v18', height: 1_500, info })
  })

  it('announces nothing of the past, including a plan with a time', async ({ server }) => {
    server.put(38, {
      status: 'PASSED',
      messages: [
        legacyMessage('/cosmos.upgrade.v1beta1.SoftwareUpgradeProposal', {
          plan: { name: 'Signal', height: '0', info: '', time: '9999-12-31T00:00:00Z' },
        }),
      ],
    })
    server.put(51, { status: 'PASSED', messages: [upgradeMessage('v5', 900)] })
    server.put(52, { status: 'REJECTED' })
    server.put(60)
    server.mine(30_000)
    await using hub = watch({ chains: [configOf(server)] })
    await hub.settle()
    await hub.told('new_proposal', 60n)
    expect(hub.notifications().map((notification) => [notification.event, proposalIdOf(notification)])).toEqual([
      ['new_proposal', '60'],
    ])
    expect((await hub.upgrade(51n)).reasons.join()).toMatch(/the plan's height 900 is not ahead of the head 31000/)
    expect((await hub.upgrade(38n)).status).toBe('refused')
  })

  it('treats an upgrade that was applied before the start as past, even if the server first fails to say so', async ({
    server,
  }) => {
    server.put(5, { status: 'PASSED', messages: [upgradeMessage('v5', 990)] })
    server.apply('v5', 990)
    server.behave({
      fail: (path) =>
        path.includes('applied_plan') ? { status: 500, body: '{"code":13,"message":"busy"}' } : undefined,
    })
    await using hub = watch({ chains: [configOf(server)] })
    await hub.settle()
    server.mine(1)
    await hub.settle()
    server.behave({})
    server.mine(1)
    await hub.settle()
    expect((await hub.upgrade(5n)).status).toBe('past')
    expect(hub.events()).toEqual([])
  })

  it.for(['v18 ', 'v'.repeat(140)])(
    'completes an upgrade whose name is displayed differently from its spelling on the chain: %j',
    async (name, { server }) => {
      await using hub = watch({ chains: [configOf(server)] })
      await hub.settle()
      pass(server, 5, name, 1_050)
      await hub.settle()
      server.mine(1_050 - server.height())
      server.apply(name)
      await hub.settle()
      expect(upgradesOf(hub)).toEqual(['upgrade_scheduled', 'upgrade_triggered', 'upgrade_completed'])
    },
  )

  it('schedules passed proposals also with scheduleOn: executed, because Cosmos executes what passes', async ({
    server,
  }) => {
    await using hub = watch({ chains: [{ ...configOf(server), scheduler: { scheduleOn: 'executed' } }] })
    pass(server, 5, 'v18', 5_000)
    expect(await hub.told('upgrade_scheduled', 5n)).toMatchObject({ priority: 'high' })
  })

  it('logs the warnings of the reader in a single sync, too', async ({ server }) => {
    server.put(1)
    server.put(2, { status: 'PASSED' })
    server.behave({ garbled: (id) => id === 2 })
    const warnings: string[] = []
    const log = {
      info: () => undefined,
      warn: (_fields: object, message: string) => void warnings.push(message),
      error: () => undefined,
    }
    await createMonitor({ state: ':memory:', notifier: { handlers: [] }, chains: [configOf(server)] }, { log }).sync()
    expect(warnings).toEqual(['Proposal 2 has an unknown status and was left out.'])
  })

  it('announces an expedited proposal as an emergency only once its deposit is paid', async ({ server }) => {
    await using hub = watch({ chains: [configOf(server)] })
    await hub.settle()
    server.put(9, { expedited: true, status: 'DEPOSIT_PERIOD', votingStart: null, votingEnd: null })
    server.mine(1)
    await hub.told('new_proposal', 9n)
    expect(hub.events(9n)).not.toContain('emergency_proposal')
    server.put(9, { status: 'VOTING_PERIOD', votingStart: timeOf(start + 10), votingEnd: timeOf(start + 100_000) })
    server.mine(1)
    await hub.told('emergency_proposal', 9n)
  })

  it('announces an expedited proposal as an emergency, whatever its type', async ({ server }) => {
    await using hub = watch({ chains: [configOf(server)] })
    await hub.settle()
    server.put(9, { expedited: true, messages: [upgradeMessage('v18', 5_000)] })
    server.mine(1)
    expect(await hub.told('emergency_proposal', 9n)).toMatchObject({ priority: 'critical', data: { type: 'upgrade' } })
  })

  it('announces that a server went back, and that it recovered', async ({ server }) => {
    await using hub = watch({
      chains: [{ ...configOf(server), monitor: { pollInterval: '50ms', downAfter: '50ms', maxBackoff: '100ms' } }],
    })
    await hub.settle()
    server.mine(-60)
    expect(await hub.told('source_down')).toMatchObject({ title: 'hub went back' })
    server.mine(60)
    await hub.told('source_recovered')
  })

  it('announces a proposal that expired without enough deposit', async ({ server }) => {
    await using hub = watch({ chains: [configOf(server)] })
    server.put(9, { status: 'DEPOSIT_PERIOD', votingStart: null, votingEnd: null, depositEnd: timeOf(start + 5_000) })
    server.mine(1)
    await hub.told('new_proposal', 9n)
    server.drop(9)
    server.mine(1)
    await hub.told('proposal_expired', 9n)
    expect(await hub.proposal(9n, ({ status }) => status === 'expired')).toMatchObject({ derived: true })
  })

  it('announces once that our validator has not voted until it has, and not while the server fails', async ({
    server,
    place,
  }) => {
    const account = 'cosmos10d07y265gmmuvt4z0w9aw880jnsr700j6zn9kn'
    const config = {
      state: place.state,
      notifier: { handlers: [], reminders: ['6h' as const] },
      chains: [{ ...configOf(server), voters: ['cosmosvaloper10d07y265gmmuvt4z0w9aw880jnsr700jlk8s6q'] }],
    }
    const votes = (hub: ReturnType<typeof watch>) => hub.events(9n).filter((event) => /vote|voting_ending/.test(event))
    server.put(9, { votingEnd: timeOf(start + 20_000 + server.height() * 5) })
    server.behave({ fail: (path) => (path.includes('/votes/') ? { status: 503, body: 'no' } : undefined) })
    {
      await using hub = watch(config)
      await hub.told('voting_ending_soon', 9n)
      server.mine(1)
      await hub.settle()
      expect(votes(hub)).toStrictEqual(['voting_ending_soon'])
      server.behave({})
      server.mine(1)
      expect(await hub.told('not_voted', 9n)).toMatchObject({
        data: { reminder: '6h', ownVotes: [{ address: account, vote: 'not_voted' }] },
      })
    }
    await using hub = watch(config)
    server.mine(1)
    await hub.settle()
    expect(votes(hub)).toStrictEqual([])
    server.vote(9, account)
    server.mine(1)
    await hub.told('voted', 9n)
    server.mine(1)
    await hub.settle()
    expect(votes(hub)).toStrictEqual(['voted'])
  })
})
