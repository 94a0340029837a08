import { describe, expect } from 'vitest'
import { SourceError } from '../../../../src/domain/errors.js'
import { upgradeMessage } from '../../../support/servers/cosmos/messages.js'
import type { CosmosServer } from '../../../support/servers/cosmosServer.js'
import { failureOf, follow, readerOf } from './follow.js'
import { onCosmos as it } from './onCosmos.js'

const { signal } = new AbortController()
const both = (server: CosmosServer, other: CosmosServer) => [server.url, other.url]

it.beforeEach(({ server, other }) => {
  for (const each of [server, other]) each.put(1)
})

describe('the height', () => {
  it('is that of CometBFT, in whole seconds, with the pace of the chain from its oldest block', async ({ server }) => {
    const { head, at, previous } = await follow({ rpc: [server.url], rest: [server.url] }).poll()
    expect(head).toEqual({ number: 1_000n, timestamp: 1_719_005_000n, hash: '3E8'.padStart(64, '0'), parentHash: '' })
    expect(at).toEqual(head)
    expect(previous?.number).toBe(1n)
  })

  it('costs one request if it has not changed', async ({ server }) => {
    const hub = follow({ rpc: [server.url], rest: [server.url] })
    await hub.poll()
    server.requests.length = 0
    const { proposals, backlog, lagging } = await hub.poll()
    expect({ requests: server.requests, proposals, backlog, lagging }).toEqual({
      requests: ['/status'],
      proposals: [],
      backlog: 0n,
      lagging: undefined,
    })
  })

  it('does not go back by the block or two that servers behind one name differ', async ({ server }) => {
    const hub = follow({ rpc: [server.url], rest: [server.url] })
    await hub.poll()
    server.mine(-2)
    expect(await hub.poll()).toMatchObject({ head: { number: 1_000n }, lagging: true })
  })

  it('of a node that is far behind the last reading is refused', async ({ server }) => {
    const hub = follow({ rpc: [server.url], rest: [server.url] })
    await hub.poll()
    server.mine(-500)
    const { kind, message } = await failureOf(hub.poll())
    expect(kind).toBe('transient')
    expect(message).toMatch(
      /of hub went back: it answers with block 500, behind block 1000 that was read before\. Another node .* reset or rolled back\.$/,
    )
  })

  it('is known for each server that was asked, with its API', async ({ server }) => {
    const reader = readerOf({ rpc: [server.url], rest: [server.url] })
    await reader.read({ open: [], signal })
    expect(reader.endpoints?.()).toMatchObject([
      { api: 'rpc', head: 1_000n },
      { api: 'rest', head: 1_000n },
    ])
  })

  it('is read from /v1 if a node has it only there', async ({ server }) => {
    server.behave({ fail: (path) => (path === '/status' ? { status: 404, body: '' } : undefined) })
    expect((await follow({ rpc: [server.url], rest: [server.url] }).poll()).head.number).toBe(1_000n)
  })

  it('of a node that is catching up does not count, but is in the node state', async ({ server, other }) => {
    server.behave({ catchingUp: true })
    await expect(follow({ rpc: [server.url], rest: [server.url] }).poll()).rejects.toThrow(
      /is still catching up with its chain, at block 1000/,
    )
    const state = readerOf({ rpc: [server.url], rest: [server.url] }).readNodeState?.(signal)
    expect(await state).toMatchObject({ head: { number: 1_000n }, isSyncing: true })
    other.mine(20)
    expect((await follow({ rpc: both(server, other), rest: [other.url] }).poll()).head.number).toBe(1_020n)
  })
})

describe('a server of another chain', () => {
  it('is refused by its CometBFT status', async ({ server }) => {
    const hub = follow({ rpc: [server.url], rest: [server.url], chainId: 'osmosis-1' })
    const { kind, message } = await failureOf(hub.poll())
    expect(kind).toBe('permanent')
    expect(message).toMatch(/is on chain cosmoshub-4, expected osmosis-1: check rpc\.urls and rpc\.chainId/)
  })

  it('is refused after a restart, too', async ({ server }) => {
    const hub = follow({ rpc: [server.url], rest: [server.url] })
    await hub.poll()
    server.behave({ network: 'theta-testnet-001' })
    await expect(hub.restarted().poll()).rejects.toThrow(/expected cosmoshub-4/)
  })

  it('is refused by its node info, and the next one is asked', async ({ server, other }) => {
    server.behave({ network: 'osmosis-1' })
    await expect(follow({ rpc: [other.url], rest: [server.url] }).poll()).rejects.toThrow(
      /serves chain osmosis-1, expected cosmoshub-4: check governance\.rest/,
    )
    const { proposals } = await follow({ rpc: [other.url], rest: both(server, other) }).poll()
    expect(proposals).toHaveLength(1)
  })
})

describe('a REST server that lags', () => {
  it('is skipped', async ({ server, other }) => {
    server.behave({ lag: 50 })
    other.put(2)
    const { proposals } = await follow({ rpc: [server.url], rest: both(server, other) }).poll()
    expect(proposals.map(({ id }) => id)).toEqual(['1', '2'])
  })

  it('does not undo what was read', async ({ server }) => {
    const hub = follow({ rpc: [server.url], rest: [server.url] })
    server.put(1, { status: 'PASSED', messages: [upgradeMessage('v2', 2_000)] })
    server.schedule({ name: 'v2', height: '2000', info: '' })
    await hub.poll()
    server.mine(1)
    server.behave({ lag: 2 })
    await expect(hub.poll()).rejects.toThrow(/lags behind: it answers for block 999, after 1000 was read/)
    expect(hub.proposal(1)?.status).toBe('passed')
  })

  it('is not detected if it hides its height', async ({ server }) => {
    server.behave({ hidesHeight: true })
    expect((await follow({ rpc: [server.url], rest: [server.url] }).poll()).proposals).toHaveLength(1)
  })
})

describe('the version of the node', () => {
  const nodeInfo = '/cosmos/base/tendermint/v1beta1/node_info'
  const running = (version: string) => ({
    default_node_info: { network: 'cosmoshub-4' },
    application_version: { name: 'gaia', version },
  })
  const noRest = (path: string) => (path.startsWith('/cosmos') ? ('drop' as const) : undefined)

  it("is that of the first REST server, because other servers are not the operator's node", async ({
    server,
    other,
  }) => {
    const hub = follow({ rpc: [other.url], rest: both(server, other) })
    other.answer(nodeInfo, running('v18'))
    expect((await hub.poll()).nodeVersion).toBe('gaia v17.0.0')
    server.behave({ fail: noRest })
    for (const moves of [1, 0]) {
      other.mine(moves)
      expect(await hub.poll()).not.toHaveProperty('nodeVersion')
    }
  })

  it('is read every 20 seconds without a scheduled plan, as the operator may have one', async ({ server }) => {
    let time = 1_800_000_000_000
    const hub = follow({ rpc: [server.url], rest: [server.url], now: () => time })
    await hub.poll()
    server.answer(nodeInfo, running('v18'))
    server.mine(1)
    expect((await hub.poll()).nodeVersion).toBe('gaia v17.0.0')
    server.mine(1)
    time += 20_000
    expect((await hub.poll()).nodeVersion).toBe('gaia v18')
  })
})

describe('a server that fails', () => {
  const bodies = {
    'a gateway in front of nothing': { status: 502, body: 'Bad Gateway' },
    'too many requests': { status: 429, body: '' },
    'no JSON': { status: 200, body: '<html>welcome</html>' },
    'JSON that is not a list': { status: 200, body: '{"proposals":7}' },
    'a node that has just started': {
      status: 500,
      body: '{"code":2,"message":"failed to load state at height 0; version does not exist (latest height: 0): invalid request"}',
    },
  }
  it.for(Object.entries(bodies))('with %s is skipped', async ([_what, failure], { server, other }) => {
    server.behave({ fail: (path) => (path.startsWith('/cosmos') ? failure : undefined) })
    await expect(follow({ rpc: [server.url], rest: [server.url] }).poll()).rejects.toMatchObject({ kind: 'transient' })
    expect((await follow({ rpc: [server.url], rest: both(server, other) }).poll()).proposals).toHaveLength(1)
  })

  it.for(['drop', 'hang'] as const)('to answer (%s) is skipped', async (failure, { server, other }) => {
    server.behave({ fail: () => failure })
    const { proposals } = await follow({
      rpc: both(server, other),
      rest: both(server, other),
      timeoutMs: 1_500,
    }).poll()
    expect(proposals).toHaveLength(1)
  })

  it('leaves the cursor unchanged, and the next poll starts there again', async ({ server }) => {
    const hub = follow({ rpc: [server.url], rest: [server.url], now: () => 0 })
    await hub.poll()
    const before = hub.cursor()
    server.put(2)
    server.mine(1)
    server.behave({ fail: (path) => (path.includes('current_plan') ? { status: 503, body: '' } : undefined) })
    await expect(hub.poll()).rejects.toThrow(SourceError)
    expect(hub.cursor()).toBe(before)
    server.behave({})
    await hub.poll()
    expect(hub.proposal(2)?.status).toBe('voting')
  })

  it('does not reveal the key in its URL', async ({ server }) => {
    server.behave({ fail: () => ({ status: 403, body: 'bad key at https://rest.example/SECRET?key=SECRET' }) })
    const keyed = server.url.replace('http://', 'http://user:SECRET@')
    await expect(follow({ rpc: [`${keyed}/SECRET?apikey=SECRET`], rest: [server.url] }).poll()).rejects.toSatisfy(
      (error: Error) =>
        !JSON.stringify([error.message, String(error.cause), error.stack]).includes('SECRET') &&
        error.message.includes('HTTP 403'),
    )
  })
})

describe('a read that is aborted', () => {
  it('ends at once', async ({ server }) => {
    server.behave({ fail: () => 'hang' })
    const controller = new AbortController()
    const read = readerOf({ rpc: [server.url], rest: [server.url], timeoutMs: 60_000 }).read({
      open: [],
      signal: controller.signal,
    })
    controller.abort()
    await expect(read).rejects.toMatchObject({ message: 'The read of hub was stopped.' })
  })
})

describe('check, readMembers and read', () => {
  it('report chain, software, rules and plan in a check', async ({ server }) => {
    server.schedule({ name: 'v18', height: '5000', info: '' })
    const [report] = await readerOf({ rpc: [server.url], rest: [server.url] }).check(signal)
    expect(report).toEqual({
      system: 'cosmos',
      contract: 'gov',
      summary:
        'cosmoshub-4 at block 1000, gaia v17.0.0, Cosmos SDK v0.47.13, x/gov v1, votes take 14 d, quorum 40.0 %, upgrade v18 scheduled for height 5000',
    })
  })

  it('do not report a plan as scheduled after its height', async ({ server }) => {
    server.schedule({ name: 'v17', height: '999', info: '' })
    const [report] = await readerOf({ rpc: [server.url], rest: [server.url] }).check(signal)
    expect(report?.summary).toMatch(/, upgrade v17 still named although its height 999 is 1 block behind$/)
  })

  it('return the validators as members', async ({ server }) => {
    expect(await readerOf({ rpc: [server.url], rest: [server.url] }).readMembers(signal)).toEqual([
      { address: 'cosmosvaloper1a', role: 'validator', weight: 600_000n },
      { address: 'cosmosvaloper1b', role: 'validator', weight: 400_000n },
    ])
  })

  it('refuse a cursor that another version wrote', async ({ server }) => {
    await expect(
      readerOf({ rpc: [server.url], rest: [server.url] }).read({ cursor: { v: 2 }, open: [], signal }),
    ).rejects.toThrow(/cannot be read: it is of another version/)
  })
})
