import { describe, expect } from 'vitest'
import { watch } from '../../../monitor/watching.js'
import { nextPoll } from './follow.js'
import { configOf, upgradesOf } from './monitorGiven.js'
import { onCosmos as it } from './onCosmos.js'
import { cancelled, finding, pass } from './scheduledPlan.js'

const plan = { name: 'v18', height: '1100', info: '' }

describe('an old answer without a height', () => {
  it('does not reopen a vote that was decided long ago and whose plan is still ahead', async ({ server, hub }) => {
    server.behave({ hidesHeight: true })
    pass(server, 5, 'v18', 5_000)
    await hub.poll()
    for (const each of [hub, hub.restarted()]) {
      server.put(5, { status: 'PASSED' })
      server.mine(1_000)
      await each.poll()
      await nextPoll(server, each)
      server.put(5, { status: 'VOTING_PERIOD' })
      await nextPoll(server, each)
      expect(each.proposal(5)?.status).toBe('passed')
    }
  })

  it('reopens a vote that is no longer followed only if it repeats for longer than a server lags', async ({
    server,
    hub,
  }) => {
    server.behave({ hidesHeight: true })
    server.put(5, { status: 'REJECTED' })
    server.put(6)
    await hub.poll()
    server.put(6, { status: 'PASSED' })
    await nextPoll(server, hub)
    server.mine(1_000)
    await hub.poll()
    for (const id of [5, 6]) server.put(id, { status: 'VOTING_PERIOD' })
    const reading = await nextPoll(server, hub)
    expect(reading.warnings.join()).toMatch(
      /reports proposal 5 as open, although it was completed .* reports proposal 6 as open/,
    )
    const statuses = (): readonly unknown[] => [5, 6].map((id) => hub.proposal(id)?.status)
    hub = hub.restarted()
    for (const blocks of [15, 5]) {
      server.mine(blocks)
      await hub.poll()
      expect(statuses()).toStrictEqual(['rejected', 'passed'])
    }
    await nextPoll(server, hub)
    expect(statuses()).toStrictEqual(['voting', 'voting'])
  })

  it('reopens such a vote at once if it has a height', async ({ server, hub }) => {
    server.put(5, { status: 'REJECTED' })
    await hub.poll()
    server.mine(1_000)
    await hub.poll()
    server.put(5, { status: 'VOTING_PERIOD' })
    await nextPoll(server, hub)
    expect(hub.proposal(5)?.status).toBe('voting')
  })

  it('restores a cancelled plan only if it repeats for longer than a server lags', async ({ server, hub }) => {
    server.behave({ hidesHeight: true })
    pass(server, 5, 'v18', 1_100)
    await hub.poll()
    server.schedule(null)
    await nextPoll(server, hub)
    server.mine(21)
    await hub.poll()
    expect(finding(hub, 5)?.withdrawn).toBe(cancelled)
    server.schedule(plan)
    server.mine(50)
    await hub.poll()
    server.schedule(null)
    await nextPoll(server, hub)
    server.schedule(plan)
    await nextPoll(server, hub)
    hub = hub.restarted()
    server.mine(20)
    await hub.poll()
    expect(finding(hub, 5)?.withdrawn).toBe(cancelled)
    await nextPoll(server, hub)
    expect(finding(hub, 5)).not.toHaveProperty('withdrawn')
  })

  it('restores a cancelled plan at once if it has a height', async ({ server, hub }) => {
    server.behave({ hidesHeight: true })
    pass(server, 5, 'v18', 1_100)
    await hub.poll()
    server.schedule(null)
    await nextPoll(server, hub)
    server.mine(21)
    await hub.poll()
    server.behave({})
    server.schedule(plan)
    await nextPoll(server, hub)
    expect(finding(hub, 5)).not.toHaveProperty('withdrawn')
  })

  it.for([
    ['at its height', 0],
    ['after its height, however often it repeats', 30],
  ] as const)('does not get the file of a cancelled plan written, %s', async ([_what, past], { server, place }) => {
    server.behave({ hidesHeight: true })
    await using hub = watch({ chains: [configOf(server, { home: place.home, when: 'at-height' })] })
    pass(server, 5, 'v18', 1_100)
    await hub.settle()
    server.schedule(null)
    server.mine(1)
    await hub.settle()
    server.mine(21)
    await hub.settle()
    server.mine(1_099 - server.height())
    await hub.settle()
    server.schedule(plan)
    for (const blocks of [1, past]) {
      server.mine(blocks)
      await hub.settle()
    }
    expect(upgradesOf(hub, 5n)).toStrictEqual(['upgrade_scheduled', 'upgrade_cancelled'])
    expect(place.file()).toBeUndefined()
  })
})
