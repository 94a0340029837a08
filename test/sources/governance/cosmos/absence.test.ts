import { describe, expect } from 'vitest'
import { reasonOf } from '../../../../src/domain/errors.js'
import { upgradeMessage } from '../../../support/servers/cosmos/messages.js'
import { startCosmosServer } from '../../../support/servers/cosmosServer.js'
import { failureOf, follow, nextPoll } from './follow.js'
import { onCosmos as it } from './onCosmos.js'
import { pass, finding, cancelled } from './scheduledPlan.js'

const currentPlan = '/cosmos/upgrade/v1beta1/current_plan'

describe('a withdrawal', () => {
  it.for([
    ['is not found', { status: 404, body: '{"code":5,"message":"proposal 6 doesn\'t exist","details":[]}' }],
    [
      'has a message that the node cannot decode',
      { status: 500, body: '{"code":13,"message":"no concrete type registered for type URL /a.b.Msg","details":[]}' },
    ],
    ['is on a page that is not served', { status: 501, body: '{"code":12,"message":"Not Implemented","details":[]}' }],
  ] as const)('counts even if the proposal %s', async ([_what, failure], { server, hub }) => {
    pass(server, 6, 'v18', 5_000)
    await hub.poll()
    server.schedule(null)
    server.behave({ fail: (path) => (/\/proposals\/6$/.test(path) ? failure : undefined) })
    const { standings } = await nextPoll(server, hub)
    expect(standings).toContainEqual({ key: 'hub/gov/6', name: 'v18', height: 5_000, withdrawn: cancelled })
    expect(finding(hub, 6)?.withdrawn).toBe(cancelled)
  })

  it('is reported in every reading, also after a restart, until a thousand blocks after its height', async ({
    server,
    hub,
  }) => {
    pass(server, 6, 'v18', 1_005)
    await hub.poll()
    server.schedule(null)
    await nextPoll(server, hub)
    hub = hub.restarted()
    expect((await nextPoll(server, hub)).standings).toMatchObject([{ key: 'hub/gov/6', withdrawn: cancelled }])
    server.mine(10)
    expect((await nextPoll(server, hub)).standings).toMatchObject([{ key: 'hub/gov/6', withdrawn: cancelled }])
    server.mine(1_000)
    await hub.poll()
    expect((await nextPoll(server, hub)).standings).toEqual([])
    expect(finding(hub, 6)?.withdrawn).toBe(cancelled)
  })

  it('is taken back if the chain schedules the plan again', async ({ server, hub }) => {
    pass(server, 6, 'v18', 5_000)
    await hub.poll()
    server.schedule(null)
    await nextPoll(server, hub)
    server.schedule({ name: 'v18', height: '5000', info: '' })
    await nextPoll(server, hub)
    expect(finding(hub, 6)).not.toHaveProperty('withdrawn')
  })
})

describe('that no upgrade is scheduled', () => {
  it.for([
    ['an empty object', {}],
    ['an error instead of an answer', { code: 13, message: 'upstream busy', details: [] }],
    ['a plan without a name', { plan: {} }],
    ['a plan without a height', { plan: { name: 'v18' } }],
    ['a list', []],
  ] as const)('is not concluded from %s', async ([_what, body], { server, hub }) => {
    pass(server, 5, 'v18', 5_000)
    await hub.poll()
    server.answer(currentPlan, body)
    server.mine(1)
    const { kind, message } = await failureOf(hub.poll())
    expect(kind).toBe('transient')
    expect(message).toMatch(/neither names the scheduled upgrade nor says that there is none\.$/)
    expect(finding(hub, 5)).not.toHaveProperty('withdrawn')
  })

  it('is read from another server if the first answer is not understood', async ({ server, hub }) => {
    const other = await startCosmosServer()
    hub = follow({ rpc: [server.url], rest: [server.url, other.url] })
    pass(server, 5, 'v18', 5_000)
    other.put(5, { status: 'PASSED', messages: [upgradeMessage('v18', 5_000)] })
    server.answer(currentPlan, {})
    await hub.poll()
    expect(finding(hub, 5)?.withdrawn).toBe(cancelled)
    await other.stop()
  })

  it.for([
    [
      'HTTP 500',
      { status: 500, body: '{"code":13,"message":"upstream busy","details":[]}' },
      /cannot report the scheduled upgrade: .*upstream busy/,
    ],
    [
      'a missing route that existed before',
      { status: 404, body: '{"code":5,"message":"Not Found","details":[]}' },
      /no longer reports the scheduled upgrade/,
    ],
  ] as const)('is not concluded from %s, and the reading fails', async ([_what, failure, words], { server, hub }) => {
    pass(server, 5, 'v18', 5_000)
    await hub.poll()
    hub = hub.restarted()
    server.behave({ fail: (path) => (path === currentPlan ? failure : undefined) })
    server.mine(1)
    await expect(hub.poll()).rejects.toThrow(words)
    server.behave({})
    await hub.poll()
    expect(finding(hub, 5)).not.toHaveProperty('withdrawn')
  })
})

describe('a plan whose height is reached', () => {
  const applied = (path: string): boolean => path.includes('applied_plan')

  it.for([
    ['is below the height', (path: string) => (applied(path) ? 1_003 : undefined)],
    ['does not report its height', undefined],
  ] as const)(
    'is not withdrawn by a server that says it was never applied and %s',
    async ([_what, heightOf], { server, hub }) => {
      pass(server, 5, 'v18', 1_004)
      await hub.poll()
      server.schedule(null)
      server.mine(5)
      server.behave(heightOf === undefined ? { hidesHeight: true } : { heightOf })
      for (let poll = 0; poll < 4; poll++) {
        // A server that is behind the last reading is refused.
        await nextPoll(server, hub).catch((cause: unknown) =>
          expect(reasonOf(cause)).toMatch(/lags behind: it answers for block 1003/),
        )
        expect(finding(hub, 5)).not.toHaveProperty('withdrawn')
        expect(finding(hub, 5)?.unsure).toMatch(/do not say for sure/)
      }
      server.behave({})
      server.apply('v18', 1_004)
      await nextPoll(server, hub)
      expect(finding(hub, 5)).toMatchObject({ applied: 1_004n })
      expect(finding(hub, 5)).not.toHaveProperty('unsure')
    },
  )

  it('is withdrawn by a server that says so above the height', async ({ server, hub }) => {
    pass(server, 5, 'v18', 1_004)
    await hub.poll()
    server.schedule(null)
    server.mine(5)
    await hub.poll()
    expect(finding(hub, 5)?.withdrawn).toBe(cancelled)
  })

  it('counts as applied if the chain says so, though it counted as withdrawn before', async ({ server, hub }) => {
    pass(server, 5, 'v18', 1_030)
    server.behave({ hidesHeight: true })
    await hub.poll()
    server.answer(currentPlan, { plan: null })
    await nextPoll(server, hub)
    server.mine(21)
    await hub.poll()
    expect(finding(hub, 5)?.withdrawn).toBe(cancelled)
    server.mine(40)
    server.apply('v18', 1_030)
    await hub.poll()
    expect(finding(hub, 5)).toMatchObject({ applied: 1_030n })
    expect(finding(hub, 5)).not.toHaveProperty('withdrawn')
  })

  it('does not count as applied if a later plan with the same name was', async ({ server, hub }) => {
    pass(server, 5, 'v18', 1_010)
    await hub.poll()
    pass(server, 6, 'v18', 1_020)
    server.mine(20)
    server.apply('v18')
    await hub.poll()
    expect(finding(hub, 5)?.withdrawn).toBe('The chain carried out v18 at height 1020, not 1010.')
    expect(finding(hub, 6)?.applied).toBe(1_020n)
    // The later plan is no longer watched, the withdrawn one is.
    server.mine(1)
    await hub.poll()
    expect(finding(hub, 5)).not.toHaveProperty('applied')
  })

  it('does not count as applied if a plan of its name was applied at another height before it was known', async ({
    server,
    hub,
  }) => {
    await hub.poll()
    server.mine(20)
    server.apply('v18')
    server.put(5, { status: 'PASSED', messages: [upgradeMessage('v18', 1_010)] })
    await hub.poll()
    expect(finding(hub, 5)?.withdrawn).toBe('The chain carried out v18 at height 1020, not 1010.')
  })

  it('counts as applied one block later, because it may be scheduled in the block of its height', async ({
    server,
    hub,
  }) => {
    pass(server, 5, 'v18', 1_010)
    await hub.poll()
    server.mine(11)
    server.apply('v18')
    await hub.poll()
    expect(finding(hub, 5)?.applied).toBe(1_011n)
  })
})
