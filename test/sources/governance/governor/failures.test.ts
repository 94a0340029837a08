import { once } from 'node:events'
import { createServer } from 'node:http'
import { describe, expect } from 'vitest'
import { z } from 'zod'
import { SourceError } from '../../../../src/domain/errors.js'
import { type RpcCall, urlsOf } from '../../../support/servers/countingProxy.js'
import { follow, readerOf } from './follow.js'
import { onSharedChain as it } from '../../../support/fixtures.js'

const { signal } = new AbortController()

type Fields = Readonly<Record<string, unknown>>
/** The logs in an answer of the node; `undefined` for an answer to any other method. */
const logsIn = ({ method }: RpcCall, { result }: Fields): readonly Fields[] | undefined =>
  method === 'eth_getLogs' && Array.isArray(result)
    ? z.array(z.record(z.string(), z.unknown())).parse(result)
    : undefined

describe('a reading fails', () => {
  it('for an address without a contract', async ({ chain }) => {
    const { poll } = follow({ urls: [chain.url], addresses: ['0x00000000000000000000000000000000000000ff'] })
    await expect(poll()).rejects.toMatchObject({ kind: 'permanent', name: 'SourceError' })
    await expect(poll()).rejects.toThrow(
      'There is no contract at 0x00000000000000000000000000000000000000ff on chain local',
    )
  })

  it('for a contract that is not a governor', async ({ chain }) => {
    const { token } = await chain.deploy()
    await expect(follow({ urls: [chain.url], addresses: [token] }).poll()).rejects.toThrow(`${token} is not a Governor`)
    await expect(readerOf({ urls: [chain.url], addresses: [token] }).check(signal)).rejects.toThrow(
      `${token} is not a Governor`,
    )
  })

  it('for a cursor that another version wrote', async ({ chain }) => {
    const { governor } = await chain.deploy()
    const reader = readerOf({ urls: [chain.url], addresses: [governor] })
    await expect(reader.read({ cursor: { v: 2 }, open: [], signal })).rejects.toThrow(/cannot be read/)
  })

  it('for a contract that was added after the state was created, but not for one that was removed', async ({
    chain,
  }) => {
    const first = await chain.deploy()
    const second = await chain.deploy()
    const alone = follow({ urls: [chain.url], addresses: [first.governor] })
    await alone.poll()
    const both = { urls: [chain.url], addresses: [first.governor, second.governor] }
    await expect(alone.restarted(readerOf(both)).poll()).rejects.toThrow(
      `${second.governor} was added to local after its state was made`,
    )
    await follow(both).poll()

    const fewer = follow(both)
    await fewer.poll()
    await expect(
      fewer.restarted(readerOf({ urls: [chain.url], addresses: [first.governor] })).poll(),
    ).resolves.toMatchObject({
      backlog: 0n,
    })
  })

  it('for a tag that the node does not know', async ({ chain, proxy }) => {
    const { governor } = await chain.deploy()
    proxy.behave({
      rewrite: (call, answer) =>
        call.params?.[0] === 'finalized' ? { error: { code: -32000, message: 'finalized block not found' } } : answer,
    })
    await expect(follow({ urls: [proxy.url], addresses: [governor], finality: 'finalized' }).poll()).rejects.toThrow(
      /set finality to latest/,
    )
    proxy.behave({})
  })
})

describe('a bad answer', () => {
  it.for<readonly [string, RegExp, (log: Fields) => Fields]>([
    [
      'a log of another contract',
      /not asked for/,
      (log) => ({ ...log, address: '0x00000000000000000000000000000000000000ff' }),
    ],
    ['a log of another block', /not asked for/, (log) => ({ ...log, blockNumber: '0xffff' })],
    ['a log without an index', /cannot be read/, (log) => ({ ...log, logIndex: null })],
  ])('with %s fails the reading and changes nothing', async ([_what, message, spoil], { chain, proxy }) => {
    const { governor, actor } = await chain.deploy()
    const { poll, cursor, proposal } = follow({ urls: [proxy.url], addresses: [governor] })
    await poll()
    const before = cursor()
    const id = await actor.propose({ description: 'Spoilt' })
    proxy.behave({
      rewrite: (call, answer) => ({
        ...answer,
        ...(logsIn(call, answer) && { result: logsIn(call, answer)?.map(spoil) }),
      }),
    })
    await expect(poll()).rejects.toThrow(message)
    proxy.behave({})

    expect(cursor()).toStrictEqual(before)
    await poll()
    expect(proposal(id)).toBeDefined()
  })

  it('with removed and repeated logs yields each proposal and vote once', async ({ chain, proxy }) => {
    const { governor, actor } = await chain.deploy()
    const { poll, proposal } = follow({ urls: [proxy.url], addresses: [governor] })
    await poll()
    const id = await actor.propose({ description: 'Once' })
    await actor.toVotingStart(id)
    await actor.mine(1)
    await actor.vote(id, 1, 0)
    proxy.behave({
      rewrite: (call, answer) => {
        const logs = logsIn(call, answer)
        return logs === undefined
          ? answer
          : { result: logs.toReversed().flatMap((log) => [log, log, { ...log, logIndex: '0x77', removed: true }]) }
      },
    })
    const { votes } = await poll()
    proxy.behave({})
    expect(votes).toHaveLength(1)
    expect(proposal(id)?.tally?.yes).toBe(100n)
  })

  it('with a failed eth_call does not retract anything', async ({ chain, proxy }) => {
    const { governor, actor } = await chain.deploy()
    const { poll, proposal } = follow({ urls: [proxy.url], addresses: [governor] })
    const id = await actor.propose({ description: 'Still there' })
    await poll()
    await actor.mine(1)
    for (const error of [
      { code: -32603, message: 'Internal error' },
      { code: 3, message: 'execution reverted' },
      { code: -32000, message: 'missing trie node ab' },
    ]) {
      proxy.behave({ rewrite: (call, answer) => (call.method === 'eth_call' ? { error } : answer) })
      await expect(poll()).rejects.toBeInstanceOf(SourceError)
    }
    proxy.behave({})
    const reading = await poll()
    expect(reading.retracted).toStrictEqual([])
    expect(proposal(id)).toBeDefined()
  })

  it('of a block that changed while it was read is discarded', async ({ chain, proxy }) => {
    const { governor, actor } = await chain.deploy()
    const { poll, cursor } = follow({ urls: [proxy.url], addresses: [governor] })
    await poll()
    const before = cursor()
    await actor.mine(1)
    proxy.behave({
      rewrite: (call, answer) =>
        call.method === 'eth_getBlockByNumber' && call.params?.[0] !== 'latest'
          ? { result: { ...Object(answer['result']), hash: `0x${'ab'.repeat(32)}` } }
          : answer,
    })
    await expect(poll()).rejects.toThrow(SourceError)
    proxy.behave({})
    expect(cursor()).toStrictEqual(before)
  })
})

describe('several endpoints', () => {
  it('let the first rest for longer and longer if it reports its head but cannot serve a reading', async ({
    chain,
    proxies,
  }) => {
    const { governor, actor } = await chain.deploy()
    const [broken, well] = proxies
    let time = Date.now()
    const { poll } = follow({ urls: urlsOf([broken, well]), addresses: [governor], now: () => time })
    await poll()
    broken.behave({ fail: { status: 500 }, failOn: ({ method }) => method === 'eth_getLogs' })
    const asked: number[] = []
    for (let round = 0; round < 12; round++) {
      time += 30_000
      await actor.mine(1)
      broken.reset()
      await poll()
      asked.push(Math.min(1, broken.requests.length))
    }

    expect(asked).toStrictEqual([1, 1, 1, 1, 0, 1, 0, 0, 1, 0, 0, 0])
  })

  it('let the next one serve if the first fails, and are both named if both fail', async ({ chain, proxy }) => {
    const { governor, actor } = await chain.deploy()
    const { poll, proposal } = follow({ urls: [proxy.url, chain.url], addresses: [governor] })
    proxy.behave({ fail: { status: 503, body: 'Service Unavailable' } })
    const id = await actor.propose({ description: 'Seen by the second' })
    // The version of another node says nothing about the operator's own.
    expect(await poll()).not.toHaveProperty('nodeVersion')
    expect(proposal(id)).toBeDefined()
    proxy.behave({})
    expect((await follow({ urls: [proxy.url], addresses: [governor] }).poll()).nodeVersion).toMatch(/^anvil/)

    const dead = follow({
      urls: ['http://127.0.0.1:1/s3cr3t', 'http://127.0.0.1:2/?key=s3cr3t'],
      addresses: [governor],
    })
    const failure: unknown = await dead.poll().catch((cause: unknown) => cause)
    expect(failure).toMatchObject({ kind: 'transient' })
    expect(String(failure)).toMatch(/127\.0\.0\.1:1 .*127\.0\.0\.1:2 /)
    expect(String(failure)).not.toContain('s3cr3t')
  })
})

describe('an abort', () => {
  it('closes the socket', async () => {
    const server = createServer(() => undefined).listen(0, '127.0.0.1')
    const closed = new Promise((resolve) => server.once('connection', (socket) => socket.once('close', resolve)))
    const asked = once(server, 'request')
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const controller = new AbortController()
    const reading = readerOf({
      urls: [`http://127.0.0.1:${port}`],
      addresses: ['0x00000000000000000000000000000000000000ff'],
    }).read({ open: [], signal: controller.signal })
    await asked
    controller.abort()

    await expect(reading).rejects.toMatchObject({ kind: 'transient', message: 'The read of local was stopped.' })
    await expect(closed).resolves.toBeDefined()
    server.close()
  })
})

describe('reading on demand', () => {
  it('returns a proposal by id or by status, and nothing for an unknown id', async ({ chain }) => {
    const { governor, actor } = await chain.deploy()
    const id = await actor.propose({ description: 'Wanted' })
    const gone = await actor.propose({ description: 'Canceled', proposer: 1 })
    await actor.cancel(gone)
    const reader = readerOf({ urls: [chain.url], addresses: [governor] })

    expect(await reader.readProposal(governor.toLowerCase(), id.toString(), signal)).toMatchObject({ title: 'Wanted' })
    const { origin } = (await reader.readProposal(governor, id.toString(), signal)) ?? {}
    expect(await reader.readProposal(governor, id.toString(), signal, origin?.block)).toMatchObject({
      title: 'Wanted',
      id: id.toString(),
      // At which block it is so, not the one of its log.
      readAt: (origin?.block ?? 0n) + 2n,
    })
    expect(await reader.readProposal(governor, id.toString(), signal, 1n)).toBeUndefined()
    expect(await reader.readProposal(governor, '12345', signal)).toBeUndefined()
    expect(await reader.readProposal(governor, 'no number', signal)).toBeUndefined()
    expect((await reader.readProposals('canceled', signal)).map(({ title }) => title)).toStrictEqual(['Canceled'])
    expect(await reader.readMembers(signal)).toStrictEqual([])
  })
})

describe('a node that keeps no old logs', () => {
  it('does not say that it does not know a proposal', async ({ chain, proxy }) => {
    const { governor, actor } = await chain.deploy()
    const id = await actor.propose({ description: 'Wanted' })
    const reader = readerOf({ urls: [proxy.url], addresses: [governor] })
    const block = (await reader.readProposal(governor, id.toString(), signal))?.origin?.block

    proxy.behave({ rewrite: (call, answer) => (logsIn(call, answer) === undefined ? answer : { result: [] }) })
    await expect(reader.readProposal(governor, id.toString(), signal, block)).rejects.toThrow(
      `returns no logs of block ${block}, although its header says that there may be some`,
    )
  })
})
