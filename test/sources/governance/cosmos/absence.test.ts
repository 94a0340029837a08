import { describe, expect } from 'vitest'
import { reasonOf } from '../../../../src/domain/errors.js'
import { type CosmosServer, startCosmosServer, upgradeMessage } from '../../../support/cosmosServer.js'
import { failureOf, follow, type Follower, nextPoll } from './follow.js'
import { onCosmos as it } from './onCosmos.js'

const { signal } = new AbortController()
const currentPlan = '/cosmos/upgrade/v1beta1/current_plan'

/** Proposal `id` has passed and the chain has scheduled its plan. */
function pass(server: CosmosServer, id: number, name: string, height: number): void {
  server.put(id, { status: 'PASSED', messages: [upgradeMessage(name, height)] })
  server.schedule({ name, height: String(height), info: '' })
}
const finding = (hub: Follower, id: number) => hub.proposal(id)?.finding
const cancelled = 'The chain has no upgrade scheduled any more: it was cancelled, or skipped.'

describe('a withdrawal', () => {
  it.for([
    ['is not found', { status: 404, body: '{"code":5,"message":"proposal 6 doesn\'t exist","details":[]}' }],
    [
      'has a message that the node has lost',
      { status: 500, body: '{"code":13,"message":"no concrete type registered for type URL /a.b.Msg","details":[]}' },
    ],
    ['has a page that nobody serves', { status: 501, body: '{"code":12,"message":"Not Implemented","details":[]}' }],
  ] as const)('holds also where the proposal %s', async ([_what, failure], { server, hub }) => {
    pass(server, 6, 'v18', 5_000)
    await hub.poll()
    server.schedule(null)
    server.behave({ fail: (path) => (/\/proposals\/6$/.test(path) ? failure : undefined) })
    const { standings } = await nextPoll(server, hub)
    expect(standings).toContainEqual({ key: 'hub/gov/6', name: 'v18', height: 5_000, withdrawn: cancelled })
    expect(finding(hub, 6)?.withdrawn).toBe(cancelled)
  })

  it('is told again with every reading, and after a restart, until its height is behind', async ({ server, hub }) => {
    pass(server, 6, 'v18', 1_005)
    await hub.poll()
    server.schedule(null)
    await nextPoll(server, hub)
    hub = hub.restarted()
    expect((await nextPoll(server, hub)).standings).toMatchObject([{ key: 'hub/gov/6', withdrawn: cancelled }])
    server.mine(10)
    await hub.poll()
    expect((await nextPoll(server, hub)).standings).toEqual([])
    expect(finding(hub, 6)?.withdrawn).toBe(cancelled)
  })

  it('is taken back where the chain has the plan scheduled again', async ({ server, hub }) => {
    pass(server, 6, 'v18', 5_000)
    await hub.poll()
    server.schedule(null)
    await nextPoll(server, hub)
    server.schedule({ name: 'v18', height: '5000', info: '' })
    await nextPoll(server, hub)
    expect(finding(hub, 6)).not.toHaveProperty('withdrawn')
  })
})

describe('that nothing is scheduled', () => {
  it.for([
    ['an empty object', {}],
    ['an error in the place of an answer', { code: 13, message: 'upstream busy', details: [] }],
    ['a plan without a name', { plan: {} }],
    ['a plan without a height', { plan: { name: 'v18' } }],
    ['a list', []],
  ] as const)('is not said by %s', async ([_what, body], { server, hub }) => {
    pass(server, 5, 'v18', 5_000)
    await hub.poll()
    server.answer(currentPlan, body)
    server.mine(1)
    const { kind, message } = await failureOf(hub.poll())
    expect(kind).toBe('transient')
    expect(message).toMatch(/neither names the scheduled upgrade nor says that there is none\.$/)
    expect(finding(hub, 5)).not.toHaveProperty('withdrawn')
  })

  it('is said by another server where the first one is not understood', async ({ server, hub }) => {
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
      /cannot tell the scheduled upgrade: .*upstream busy/,
    ],
    [
      'a route that was there before',
      { status: 404, body: '{"code":5,"message":"Not Found","details":[]}' },
      /does not tell the scheduled upgrade any more/,
    ],
  ] as const)('is not said by %s: the reading has failed', async ([_what, failure, words], { server, hub }) => {
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
    ['stands below the height', (path: string) => (applied(path) ? 1_003 : undefined)],
    ['does not tell its height', undefined],
  ] as const)(
    'is not called off by a server that says it was never applied and %s',
    async ([_what, heightOf], { server, hub }) => {
      pass(server, 5, 'v18', 1_004)
      await hub.poll()
      server.schedule(null)
      server.mine(5)
      server.behave(heightOf === undefined ? { hidesHeight: true } : { heightOf })
      for (let poll = 0; poll < 4; poll++) {
        // Who has read a later block does not even listen.
        await nextPoll(server, hub).catch((cause: unknown) =>
          expect(reasonOf(cause)).toMatch(/lags behind: it answers for block 1003/),
        )
        expect(finding(hub, 5)).not.toHaveProperty('withdrawn')
        expect(finding(hub, 5)?.unsure).toMatch(/do not say for sure/)
      }
      server.behave({})
      server.apply('v18')
      const at = BigInt(server.height())
      await nextPoll(server, hub)
      expect(finding(hub, 5)).toMatchObject({ applied: at })
      expect(finding(hub, 5)).not.toHaveProperty('unsure')
    },
  )

  it('is called off by one that stands above the height', async ({ server, hub }) => {
    pass(server, 5, 'v18', 1_004)
    await hub.poll()
    server.schedule(null)
    server.mine(5)
    await hub.poll()
    expect(finding(hub, 5)?.withdrawn).toBe(cancelled)
  })

  it('was carried out though it counted as withdrawn, where the chain says so', async ({ server, hub }) => {
    pass(server, 5, 'v18', 1_030)
    server.behave({ hidesHeight: true })
    await hub.poll()
    server.answer(currentPlan, { plan: null })
    await nextPoll(server, hub)
    await nextPoll(server, hub)
    expect(finding(hub, 5)?.withdrawn).toBe(cancelled)
    server.mine(40)
    server.apply('v18')
    await hub.poll()
    expect(finding(hub, 5)).toMatchObject({ applied: BigInt(server.height()) })
    expect(finding(hub, 5)).not.toHaveProperty('withdrawn')
  })

  it('was not carried out where the one in its place bears the same name', async ({ server, hub }) => {
    pass(server, 5, 'v18', 1_010)
    await hub.poll()
    pass(server, 6, 'v18', 1_020)
    server.mine(20)
    server.apply('v18')
    await hub.poll()
    expect(finding(hub, 5)?.withdrawn).toBe('The chain carried out v18 at height 1020, not 1010.')
    expect(finding(hub, 6)?.applied).toBe(1_020n)
  })
})

describe('where no height is told', () => {
  it.for([
    'Grpc-Metadata-X-Cosmos-Block-Height',
    'x-cosmos-block-height',
    'grpc-metadata-x-cosmos-block-height',
    'Grpc-Trailer-X-Cosmos-Block-Height',
  ])('(it may stand in %s)', async (heightHeader, { server, hub }) => {
    server.behave({ heightHeader, lag: 50 })
    await expect(hub.poll()).rejects.toThrow(/lags behind: it answers for block 950/)
  })

  it('one null counts only with a second one', async ({ server, hub }) => {
    server.behave({ hidesHeight: true })
    pass(server, 5, 'v18', 5_000)
    await hub.poll()
    server.schedule(null)
    await nextPoll(server, hub)
    expect(finding(hub, 5)?.unsure).toBeDefined()
    hub = hub.restarted()
    server.schedule({ name: 'v18', height: '5000', info: '' })
    await nextPoll(server, hub)
    expect(finding(hub, 5)).toEqual({ plan: { name: 'v18', height: 5_000 }, origin: 'call', problems: [] })
    server.schedule(null)
    await nextPoll(server, hub)
    hub = hub.restarted()
    await nextPoll(server, hub)
    expect(finding(hub, 5)?.withdrawn).toBe(cancelled)
  })

  it('one 404 for an open proposal counts only with a second one', async ({ server, hub }) => {
    server.behave({ hidesHeight: true })
    server.put(9)
    await hub.poll()
    server.drop(9)
    await nextPoll(server, hub)
    expect(hub.proposal(9)?.status).toBe('voting')
    server.put(9)
    await nextPoll(server, hub)
    server.drop(9)
    await nextPoll(server, hub)
    expect(hub.proposal(9)?.status).toBe('voting')
    hub = hub.restarted()
    await nextPoll(server, hub)
    expect(hub.proposal(9)).toMatchObject({ status: 'canceled', derived: true })
  })

  it('one that is told for an older block than was read proves nothing either', async ({ server, hub }) => {
    server.put(9)
    await hub.poll()
    server.drop(9)
    server.mine(1)
    server.behave({
      hidesHeight: true,
      fail: (path) =>
        /\/proposals\/9$/.test(path)
          ? {
              status: 404,
              body: '{"code":5,"message":"proposal 9 doesn\'t exist"}',
              headers: { 'Grpc-Metadata-X-Cosmos-Block-Height': '1000' },
            }
          : undefined,
    })
    await hub.poll()
    expect(hub.proposal(9)?.status).toBe('canceled')
  })

  it('a single question is not confirmed by who does not know', async ({ server, hub }) => {
    pass(server, 5, 'v18', 1_001)
    server.schedule(null)
    server.mine(5)
    server.behave({ hidesHeight: true })
    expect((await hub.reader.readProposal('gov', '5', signal))?.finding?.unsure).toBeDefined()
  })
})

describe('a proposal that cannot be read', () => {
  it('is tried again after a restart, and what it schedules is not lost', async ({ server, hub }) => {
    server.put(1, { status: 'REJECTED' })
    server.behave({ garbled: (id) => id === 2 })
    server.put(2, { status: 'PASSED', messages: [upgradeMessage('v18', 5_000)] })
    server.put(3, { status: 'REJECTED' })
    server.schedule({ name: 'v19', height: '6000', info: '' })
    expect((await hub.poll()).warnings).toEqual(['Proposal 2 has a status that is not known: it was left out.'])
    expect((await nextPoll(server, hub)).warnings).toEqual([])
    server.behave({})
    hub = hub.restarted()
    await nextPoll(server, hub)
    expect(finding(hub, 2)?.withdrawn).toMatch(/another upgrade scheduled in its place: v19/)
  })

  it('is one of many: a list of nothing else is a failed reading', async ({ server, hub }) => {
    for (const id of [1, 2, 3]) server.put(id)
    server.behave({ garbled: () => true })
    const { kind, message } = await failureOf(hub.poll())
    expect(kind).toBe('transient')
    expect(message).toMatch(
      /lists 3 proposals, and none of them can be read: Proposal 1 has a status that is not known: it was left out\.$/,
    )
  })

  it('does not hide the others where it is the only new one', async ({ server, hub }) => {
    server.put(1)
    await hub.poll()
    server.put(2, { status: 'PASSED' })
    server.behave({ garbled: (id) => id === 2 })
    expect((await nextPoll(server, hub)).proposals.map(({ id }) => id)).toEqual(['1'])
  })
})
