import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { reasonOf } from '../../../../src/domain/errors.js'
import { type CosmosServer, startCosmosServer, upgradeMessage } from '../../../support/cosmosServer.js'
import { failureOf, follow, type Follower } from './follow.js'

let server: CosmosServer
let hub: Follower
beforeEach(async () => {
  server = await startCosmosServer()
  hub = follow({ rpc: [server.url], rest: [server.url] })
})
afterEach(() => server.stop())
const { signal } = new AbortController()
const currentPlan = '/cosmos/upgrade/v1beta1/current_plan'

async function nextPoll() {
  server.mine(1)
  return hub.poll()
}

/** Proposal `id` has passed and the chain has scheduled its plan. */
function pass(id: number, name: string, height: number): void {
  server.put(id, { status: 'PASSED', messages: [upgradeMessage(name, height)] })
  server.schedule({ name, height: String(height), info: '' })
}
const finding = (id: number) => hub.proposal(id)?.finding
const cancelled = 'The chain has no upgrade scheduled any more: it was cancelled, or skipped.'

describe('a withdrawal', () => {
  it.each([
    ['is not found', { status: 404, body: '{"code":5,"message":"proposal 6 doesn\'t exist","details":[]}' }],
    [
      'has a message that the node has lost',
      { status: 500, body: '{"code":13,"message":"no concrete type registered for type URL /a.b.Msg","details":[]}' },
    ],
    ['has a page that nobody serves', { status: 501, body: '{"code":12,"message":"Not Implemented","details":[]}' }],
  ])('holds also where the proposal %s', async (_what, failure) => {
    pass(6, 'v18', 5_000)
    await hub.poll()
    server.schedule(null)
    server.behave({ fail: (path) => (/\/proposals\/6$/.test(path) ? failure : undefined) })
    const { standings } = await nextPoll()
    expect(standings).toContainEqual({ key: 'hub/gov/6', name: 'v18', height: 5_000, withdrawn: cancelled })
    expect(finding(6)?.withdrawn).toBe(cancelled)
  })

  it('is told again with every reading, and after a restart, until its height is behind', async () => {
    pass(6, 'v18', 1_005)
    await hub.poll()
    server.schedule(null)
    await nextPoll()
    hub = hub.restarted()
    expect((await nextPoll()).standings).toMatchObject([{ key: 'hub/gov/6', withdrawn: cancelled }])
    server.mine(10)
    await hub.poll()
    expect((await nextPoll()).standings).toEqual([])
    expect(finding(6)?.withdrawn).toBe(cancelled)
  })

  it('is taken back where the chain has the plan scheduled again', async () => {
    pass(6, 'v18', 5_000)
    await hub.poll()
    server.schedule(null)
    await nextPoll()
    server.schedule({ name: 'v18', height: '5000', info: '' })
    await nextPoll()
    expect(finding(6)).not.toHaveProperty('withdrawn')
  })
})

describe('that nothing is scheduled', () => {
  it.each([
    ['an empty object', {}],
    ['an error in the place of an answer', { code: 13, message: 'upstream busy', details: [] }],
    ['a plan without a name', { plan: {} }],
    ['a plan without a height', { plan: { name: 'v18' } }],
    ['a list', []],
  ])('is not said by %s', async (_what, body) => {
    pass(5, 'v18', 5_000)
    await hub.poll()
    server.answer(currentPlan, body)
    server.mine(1)
    const { kind, message } = await failureOf(hub.poll())
    expect(kind).toBe('transient')
    expect(message).toMatch(/neither names the scheduled upgrade nor says that there is none\.$/)
    expect(finding(5)).not.toHaveProperty('withdrawn')
  })

  it('is said by another server where the first one is not understood', async () => {
    const other = await startCosmosServer()
    hub = follow({ rpc: [server.url], rest: [server.url, other.url] })
    pass(5, 'v18', 5_000)
    other.put(5, { status: 'PASSED', messages: [upgradeMessage('v18', 5_000)] })
    server.answer(currentPlan, {})
    await hub.poll()
    expect(finding(5)?.withdrawn).toBe(cancelled)
    await other.stop()
  })

  it.each([
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
  ])('is not said by %s: the reading has failed', async (_what, failure, words) => {
    pass(5, 'v18', 5_000)
    await hub.poll()
    hub = hub.restarted()
    server.behave({ fail: (path) => (path === currentPlan ? failure : undefined) })
    server.mine(1)
    await expect(hub.poll()).rejects.toThrow(words)
    server.behave({})
    await hub.poll()
    expect(finding(5)).not.toHaveProperty('withdrawn')
  })
})

describe('a plan whose height is reached', () => {
  const applied = (path: string): boolean => path.includes('applied_plan')

  it.each([
    ['stands below the height', (path: string) => (applied(path) ? 1_003 : undefined)],
    ['does not tell its height', undefined],
  ])('is not called off by a server that says it was never applied and %s', async (_what, heightOf) => {
    pass(5, 'v18', 1_004)
    await hub.poll()
    server.schedule(null)
    server.mine(5)
    server.behave(heightOf === undefined ? { hidesHeight: true } : { heightOf })
    for (let poll = 0; poll < 4; poll++) {
      // Who has read a later block does not even listen.
      await nextPoll().catch((cause: unknown) =>
        expect(reasonOf(cause)).toMatch(/lags behind: it answers for block 1003/),
      )
      expect(finding(5)).not.toHaveProperty('withdrawn')
      expect(finding(5)?.unsure).toMatch(/do not say for sure/)
    }
    server.behave({})
    server.apply('v18')
    const at = BigInt(server.height())
    await nextPoll()
    expect(finding(5)).toMatchObject({ applied: at })
    expect(finding(5)).not.toHaveProperty('unsure')
  })

  it('is called off by one that stands above the height', async () => {
    pass(5, 'v18', 1_004)
    await hub.poll()
    server.schedule(null)
    server.mine(5)
    await hub.poll()
    expect(finding(5)?.withdrawn).toBe(cancelled)
  })

  it('was carried out though it counted as withdrawn, where the chain says so', async () => {
    pass(5, 'v18', 1_030)
    server.behave({ hidesHeight: true })
    await hub.poll()
    server.answer(currentPlan, { plan: null })
    await nextPoll()
    await nextPoll()
    expect(finding(5)?.withdrawn).toBe(cancelled)
    server.mine(40)
    server.apply('v18')
    await hub.poll()
    expect(finding(5)).toMatchObject({ applied: BigInt(server.height()) })
    expect(finding(5)).not.toHaveProperty('withdrawn')
  })

  it('was not carried out where the one in its place bears the same name', async () => {
    pass(5, 'v18', 1_010)
    await hub.poll()
    pass(6, 'v18', 1_020)
    server.mine(20)
    server.apply('v18')
    await hub.poll()
    expect(finding(5)?.withdrawn).toBe('The chain carried out v18 at height 1020, not 1010.')
    expect(finding(6)?.applied).toBe(1_020n)
  })
})

describe('where no height is told', () => {
  it.each([
    'Grpc-Metadata-X-Cosmos-Block-Height',
    'x-cosmos-block-height',
    'grpc-metadata-x-cosmos-block-height',
    'Grpc-Trailer-X-Cosmos-Block-Height',
  ])('(it may stand in %s)', async (heightHeader) => {
    server.behave({ heightHeader, lag: 50 })
    await expect(hub.poll()).rejects.toThrow(/lags behind: it answers for block 950/)
  })

  it('one null counts only with a second one', async () => {
    server.behave({ hidesHeight: true })
    pass(5, 'v18', 5_000)
    await hub.poll()
    server.schedule(null)
    await nextPoll()
    expect(finding(5)?.unsure).toBeDefined()
    hub = hub.restarted()
    server.schedule({ name: 'v18', height: '5000', info: '' })
    await nextPoll()
    expect(finding(5)).toEqual({ plan: { name: 'v18', height: 5_000 }, origin: 'call', problems: [] })
    server.schedule(null)
    await nextPoll()
    hub = hub.restarted()
    await nextPoll()
    expect(finding(5)?.withdrawn).toBe(cancelled)
  })

  it('one 404 for an open proposal counts only with a second one', async () => {
    server.behave({ hidesHeight: true })
    server.put(9)
    await hub.poll()
    server.drop(9)
    await nextPoll()
    expect(hub.proposal(9)?.status).toBe('voting')
    server.put(9)
    await nextPoll()
    server.drop(9)
    await nextPoll()
    expect(hub.proposal(9)?.status).toBe('voting')
    hub = hub.restarted()
    await nextPoll()
    expect(hub.proposal(9)).toMatchObject({ status: 'canceled', derived: true })
  })

  it('one that is told for an older block than was read proves nothing either', async () => {
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

  it('a single question is not confirmed by who does not know', async () => {
    pass(5, 'v18', 1_001)
    server.schedule(null)
    server.mine(5)
    server.behave({ hidesHeight: true })
    expect((await hub.reader.readProposal('gov', '5', signal))?.finding?.unsure).toBeDefined()
  })
})

describe('a proposal that cannot be read', () => {
  it('is tried again after a restart, and what it schedules is not lost', async () => {
    server.put(1, { status: 'REJECTED' })
    server.behave({ garbled: (id) => id === 2 })
    server.put(2, { status: 'PASSED', messages: [upgradeMessage('v18', 5_000)] })
    server.put(3, { status: 'REJECTED' })
    server.schedule({ name: 'v19', height: '6000', info: '' })
    expect((await hub.poll()).warnings).toEqual(['Proposal 2 has a status that is not known: it was left out.'])
    expect((await nextPoll()).warnings).toEqual([])
    server.behave({})
    hub = hub.restarted()
    await nextPoll()
    expect(finding(2)?.withdrawn).toMatch(/another upgrade scheduled in its place: v19/)
  })

  it('is one of many: a list of nothing else is a failed reading', async () => {
    for (const id of [1, 2, 3]) server.put(id)
    server.behave({ garbled: () => true })
    const { kind, message } = await failureOf(hub.poll())
    expect(kind).toBe('transient')
    expect(message).toMatch(
      /lists 3 proposals, and none of them can be read: Proposal 1 has a status that is not known: it was left out\.$/,
    )
  })

  it('does not hide the others where it is the only new one', async () => {
    server.put(1)
    await hub.poll()
    server.put(2, { status: 'PASSED' })
    server.behave({ garbled: (id) => id === 2 })
    expect((await nextPoll()).proposals.map(({ id }) => id)).toEqual(['1'])
  })
})
