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

describe('where no height is told', () => {
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
