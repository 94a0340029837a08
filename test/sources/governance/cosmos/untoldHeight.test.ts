import { describe, expect } from 'vitest'
import { nextPoll } from './follow.js'
import { onCosmos as it } from './onCosmos.js'
import { pass, finding, cancelled } from './scheduledPlan.js'

const { signal } = new AbortController()

describe('the height of an answer', () => {
  it.for([
    'Grpc-Metadata-X-Cosmos-Block-Height',
    'x-cosmos-block-height',
    'grpc-metadata-x-cosmos-block-height',
    'Grpc-Trailer-X-Cosmos-Block-Height',
  ])('is read from %s: a server that lags is refused', async (heightHeader, { server, hub }) => {
    server.behave({ heightHeader, lag: 50 })
    await expect(hub.poll()).rejects.toThrow(/lags behind: it answers for block 950/)
  })
})

describe('without a height in the answers', () => {
  it('a check says that a lagging server cannot be detected', async ({ server, hub }) => {
    const remark = /it is unknown whether it lags behind/
    expect((await hub.reader.check(signal))[0]?.summary).not.toMatch(remark)
    server.behave({ hidesHeight: true })
    expect((await hub.reader.check(signal))[0]?.summary).toMatch(remark)
  })

  it('a plan is withdrawn only after longer than a server can lag, also across restarts', async ({ server, hub }) => {
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
    server.mine(20)
    await hub.poll()
    expect(finding(hub, 5)?.unsure).toBeDefined()
    await nextPoll(server, hub)
    expect(finding(hub, 5)?.withdrawn).toBe(cancelled)
  })

  it('a decided vote is open again only after longer than a server can lag', async ({ server, hub }) => {
    server.behave({ hidesHeight: true })
    server.put(9)
    await hub.poll()
    server.put(9, { status: 'PASSED' })
    await nextPoll(server, hub)
    server.put(9, { status: 'VOTING_PERIOD' })
    server.mine(50)
    const { proposals, warnings } = await hub.poll()
    expect(proposals).toStrictEqual([])
    expect(warnings.join()).toMatch(/ of hub reports proposal 9 as it was earlier: /)
    hub = hub.restarted()
    server.mine(20)
    await hub.poll()
    expect(hub.proposal(9)?.status).toBe('passed')
    await nextPoll(server, hub)
    expect(hub.proposal(9)?.status).toBe('voting')
  })

  it('a plan at or below the head is an old answer, not a new plan', async ({ server, hub }) => {
    server.behave({ hidesHeight: true })
    await hub.poll()
    server.schedule({ name: 'v17', height: '900', info: '' })
    expect((await nextPoll(server, hub)).proposals).toStrictEqual([])
    server.schedule({ name: 'v17', height: String(server.height() + 1), info: '' })
    expect((await nextPoll(server, hub)).proposals).toStrictEqual([])
    server.schedule({ name: 'v18', height: '5000', info: '' })
    expect((await nextPoll(server, hub)).proposals).toMatchObject([{ contract: 'upgrade', id: 'v18@5000' }])
  })

  it('a plan that is withdrawn just before its height needs longer than a server can lag, too', async ({
    server,
    hub,
  }) => {
    server.behave({ hidesHeight: true })
    pass(server, 5, 'v18', 1_010)
    await hub.poll()
    server.schedule(null)
    await nextPoll(server, hub)
    server.mine(29)
    await hub.poll()
    expect(finding(hub, 5)?.unsure).toBeDefined()
    await nextPoll(server, hub)
    expect(finding(hub, 5)?.withdrawn).toBe(cancelled)
  })

  it('an open proposal is gone only after longer than a server can lag', async ({ server, hub }) => {
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
    server.mine(20)
    await hub.poll()
    expect(hub.proposal(9)?.status).toBe('voting')
    await nextPoll(server, hub)
    expect(hub.proposal(9)).toMatchObject({ status: 'canceled', derived: true })
  })

  it.for([
    ['the last block that was read counts at once', 1_000, 'canceled'],
    ['an older block does not count', 999, 'voting'],
  ] as const)('a 404 for %s', async ([_which, height, status], { server, hub }) => {
    server.behave({ hidesHeight: true })
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
              headers: { 'Grpc-Metadata-X-Cosmos-Block-Height': String(height) },
            }
          : undefined,
    })
    await hub.poll()
    expect(hub.proposal(9)?.status).toBe(status)
  })

  it('a plan far ahead is withdrawn even if its name cannot be used in a request', async ({ server, hub }) => {
    server.behave({ hidesHeight: true })
    pass(server, 5, 'v18/rc1', 50_000)
    await hub.poll()
    server.schedule(null)
    await nextPoll(server, hub)
    expect(finding(hub, 5)?.unsure).toBeDefined()
    server.mine(21)
    await hub.poll()
    expect(finding(hub, 5)?.withdrawn).toBe(cancelled)
    expect(server.requests.some((path) => path.includes('applied_plan'))).toBe(false)
  })

  it('a plan past its height whose name cannot be used in a request is settled by the second null', async ({
    server,
    hub,
  }) => {
    server.behave({ hidesHeight: true })
    pass(server, 5, '..', 1_002)
    await hub.poll()
    server.schedule(null)
    server.mine(5)
    await nextPoll(server, hub)
    expect(finding(hub, 5)?.unsure).toBeDefined()
    await nextPoll(server, hub)
    expect(finding(hub, 5)).toMatchObject({ plan: { name: '..', height: 1_002 } })
    expect(finding(hub, 5)).not.toHaveProperty('unsure')
    expect(finding(hub, 5)).not.toHaveProperty('withdrawn')
  })

  it('a plan that is read by proposal id is unsure', async ({ server, hub }) => {
    pass(server, 5, 'v18', 1_001)
    server.schedule(null)
    server.mine(5)
    server.behave({ hidesHeight: true })
    expect((await hub.reader.readProposal('gov', '5', signal))?.finding?.unsure).toBeDefined()
  })
})
