import { existsSync } from 'node:fs'
import { beforeAll, describe, expect } from 'vitest'
import { carry, pass, upgradeDraft } from '../monitor/upgradeStory.js'
import { buildWhereStale } from './buildWhereStale.js'
import { openOffice } from './office.js'
import { ask, call, start } from './program.js'
import { onProgram as it } from './onProgram.js'

beforeAll(() => buildWhereStale(), 180_000)

describe('a signal', () => {
  it('SIGTERM during a delivery: the delivery ends, the program exits with 0, and nothing is sent twice', async ({
    chain,
    webhook,
  }) => {
    const people = await chain.deploy()
    using office = openOffice({ rpc: chain.url, governor: people.governor, webhook: webhook.url })
    webhook.hold()
    const program = start(['run', '--config', office.config])
    await program.says('govstream starts')
    await people.actor.propose({ description: 'One' })
    await webhook.came.waitFor(1)
    program.signal('SIGTERM')
    await program.says('stopping')
    webhook.release()
    expect(await program.ended).toMatchObject({ code: 0, stdout: '' })
    expect(webhook.taken.all).toHaveLength(1)

    expect(await ask('sync', '--config', office.config)).toMatchObject([{ ok: true }])
    expect(webhook.came.all).toHaveLength(1)
  })

  it('SIGTERM without an answer of a receiver: exits with 0 after the grace period, and sends it next time', async ({
    chain,
    webhook,
  }) => {
    const people = await chain.deploy()
    using office = openOffice({ rpc: chain.url, governor: people.governor, webhook: webhook.url, gracePeriod: '300ms' })
    webhook.hold()
    const program = start(['run', '--config', office.config])
    await program.says('govstream starts')
    await people.actor.propose({ description: 'One' })
    const [id] = await webhook.came.waitFor(1)
    program.signal('SIGTERM')
    expect(await program.ended).toMatchObject({ code: 0 })
    webhook.release()
    expect(webhook.taken.all).toStrictEqual([])

    await call('sync', '--config', office.config)
    expect(webhook.taken.all).toStrictEqual([id])
  })

  it('SIGINT: exits with 0, and releases the state for the next process', async ({ chain }) => {
    const { governor } = await chain.deploy()
    using office = openOffice({ rpc: chain.url, governor })
    const program = start(['run', '--config', office.config])
    await program.says('govstream starts')
    program.signal('SIGINT')
    expect(await program.ended).toMatchObject({ code: 0 })

    expect(await ask('sync', '--config', office.config)).toMatchObject([{ chain: 'local', ok: true }])
  })
})

describe('a running program', () => {
  it('answers the other commands, polls for sync, and turns away a second run', async ({ chain }) => {
    const people = await chain.deploy()
    using office = openOffice({ rpc: chain.url, governor: people.governor, pollInterval: '1h' })
    const config = ['--config', office.config]
    const program = start(['run', ...config])
    await program.says('govstream starts')
    await ask('sync', ...config)
    const id = await pass(people, upgradeDraft(people, { name: 'v2', height: 900_000, info: '{"a":1}' }))
    const height = String(await chain.client.getBlockNumber())
    expect(await ask('sync', ...config)).toStrictEqual([{ chain: 'local', ok: true, height, problem: null }])

    const [status, proposals, upgrades, notifications, second] = await Promise.all([
      ask('status', ...config),
      ask('proposals', ...config),
      ask('upgrades', ...config),
      ask('notifications', ...config),
      call('run', ...config),
    ])
    expect(status).toMatchObject([
      {
        chain: 'local',
        system: 'governor',
        height,
        health: 'up',
        openProposals: 1,
        nextUpgrade: { name: 'v2', height: 900_000 },
      },
    ])
    expect(proposals).toMatchObject([{ id: id.toString(), status: 'passed', type: 'upgrade', tally: { yes: '300' } }])
    expect(upgrades).toMatchObject([
      { name: 'v2', height: 900_000, status: 'scheduled', proposalId: id.toString(), reasons: [] },
    ])
    // No `quorum_reached`: it had passed when it was first seen.
    expect(notifications).toMatchObject(
      ['upgrade_scheduled', 'proposal_passed', 'voting_ended', 'new_proposal'].map((event) => ({ event })),
    )
    expect(second.code).toBe(1)
    expect(second.stderr).toContain(`Another govstream (process ${program.pid}) works with the state ${office.state}.`)

    program.signal('SIGTERM')
    expect(await program.ended).toMatchObject({ code: 0 })
  })
})

describe('run without a configuration file', () => {
  it('starts with its options, and writes the file of the profile', async ({ chain, place }) => {
    const people = await chain.deploy()
    const to = { '--rpc': chain.url, '--governor': people.governor, '--home': place.home }
    const quick = Object.entries({ ...to, '--profile': 'cosmovisor', '--state': place.state }).flat()
    const height = await chain.heightIn(60)
    const id = await people.actor.propose(upgradeDraft(people, { name: 'v2', height, info: '{"a":1}' }))
    const program = start(['run', ...quick], { cwd: place.home })
    await program.says('New proposal')
    await carry(people.actor, id)
    await ask('sync', ...quick)
    await program.says('Upgrade v2 scheduled')

    // The delay is ten minutes if no file says otherwise.
    await chain.client.increaseTime({ seconds: 3_600 })
    await people.actor.mine(80)
    // A jump of the clock counts once the chain confirms it.
    await ask('sync', ...quick)
    await people.actor.mine(1)
    await ask('sync', ...quick)
    await program.says('Upgrade v2 triggered')
    program.signal('SIGTERM')
    expect(await program.ended).toMatchObject({ code: 0 })

    expect(existsSync(place.state)).toBe(true)
    expect(place.file()).toMatchObject({ name: 'v2', info: '{"a":1}' })
  })
})
