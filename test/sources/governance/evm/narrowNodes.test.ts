import { describe, expect } from 'vitest'
import { hexToNumber, isHex } from 'viem'
import { z } from 'zod'
import type { Behaviour, CountingProxy, RpcCall } from '../../../support/servers/countingProxy.js'
import { follow, readerOf } from '../governor/follow.js'
import { onSharedChain as it } from '../../../support/fixtures.js'
import { multicallCode } from '../../../../src/sources/rpc/multicallCode.js'

const filterSchema = z.object({ fromBlock: z.string(), toBlock: z.string() })
const widthOf = ({ method, params }: RpcCall): number => {
  if (method !== 'eth_getLogs') return 0
  const { fromBlock, toBlock } = filterSchema.parse(params?.[0])
  return isHex(fromBlock) && isHex(toBlock) ? hexToNumber(toBlock) - hexToNumber(fromBlock) + 1 : 0
}
const refusingAbove = (proxy: CountingProxy, most: number, error: object): void =>
  proxy.behave({ rewrite: (call, answer) => (widthOf(call) > most ? { error } : answer) })
const isWide = (call: RpcCall): boolean => widthOf(call) > 10
const widths = (proxy: CountingProxy): readonly number[] =>
  proxy.requests
    .flat()
    .map(widthOf)
    .filter((width) => width > 0)

describe('a node that limits the block range', () => {
  it.for([
    { code: -32008, message: 'Result is too big' },
    { code: -32602, message: 'query timeout exceeded' },
    { code: -32602, message: 'vendor quota 17 of 16 exhausted' },
    { code: -32000, message: 'Response is too big' },
    { code: -32005, message: 'please narrow your request' },
    { code: -32603, message: 'upstream sent 0x17' },
    { code: -32005, message: 'limit exceeded' },
  ])('is read in smaller ranges, whatever the words of its error are: $message', async (error, { chain, proxy }) => {
    const { governor, actor } = await chain.deploy()
    await actor.propose({ description: 'Found' })
    await actor.mine(60)
    const { poll, proposals } = follow({ urls: [proxy.url], addresses: [governor] })
    refusingAbove(proxy, 16, error)
    await poll()
    expect([...proposals.values()].map(({ title }) => title)).toStrictEqual(['Found'])
  })

  it('of ten blocks and reports that like a request limit is read in the first poll', async ({ chain, proxy }) => {
    const { governor, actor } = await chain.deploy()
    await actor.propose({ description: 'Found' })
    await actor.mine(400)
    const { poll, proposals } = follow({ urls: [proxy.url], addresses: [governor] })
    refusingAbove(proxy, 10, { code: -32005, message: 'limit exceeded' })
    await poll()
    expect(proposals.size).toBe(1)
  })

  it('and refuses all logs with an unknown error is tried ten times, then once a poll', async ({ chain, proxy }) => {
    const { governor, actor } = await chain.deploy()
    await actor.mine(400)
    const { poll } = follow({ urls: [proxy.url], addresses: [governor] })
    refusingAbove(proxy, 0, { code: -32603, message: 'upstream sent 0x17' })
    await expect(poll()).rejects.toThrow(/upstream sent/)
    expect(widths(proxy).length).toBeLessThanOrEqual(10)
    proxy.reset()
    await expect(poll()).rejects.toThrow(/upstream sent/)
    expect(widths(proxy)).toHaveLength(1)
  })

  it.for<readonly [string, Behaviour]>([
    ['a page of its gateway', { failOn: isWide, fail: { status: 503, body: '503 Backend fetch failed' } }],
    ['a closed connection', { failOn: isWide, fail: 'drop' }],
  ])(
    'of ten blocks and answers more with %s is read within a few polls',
    async ([_what, behaviour], { chain, proxy }) => {
      const { governor, actor } = await chain.deploy()
      await actor.propose({ description: 'Found' })
      // More than is read before the window grows again.
      await actor.mine(400)
      const { poll, proposals } = follow({ urls: [proxy.url], addresses: [governor] })
      proxy.behave(behaviour)
      for (let tries = 0; tries < 12 && proposals.size === 0; tries++) await poll().catch(() => undefined)
      expect(proposals.size).toBe(1)
    },
  )

  it('is not asked for wider ranges after a restart', async ({ chain, proxy }) => {
    const { governor, actor } = await chain.deploy()
    await actor.mine(60)
    const first = follow({ urls: [proxy.url], addresses: [governor] })
    refusingAbove(proxy, 16, { code: -32008, message: 'Result is too big' })
    await first.poll()
    await actor.mine(40)
    const second = first.restarted(readerOf({ urls: [proxy.url], addresses: [governor] }))
    proxy.reset()
    await second.poll()
    expect(Math.max(...widths(proxy))).toBeLessThanOrEqual(32)
    // One wider range may be tried after eight good ones, and is refused.
    expect(widths(proxy).filter((width) => width > 16).length).toBeLessThanOrEqual(1)
  })

  it('or rejects the API key is asked only once', async ({ chain, proxy }) => {
    const { governor, actor } = await chain.deploy()
    await actor.mine(60)
    refusingAbove(proxy, 0, { code: -32602, message: 'invalid api key' })
    proxy.reset()
    await expect(follow({ urls: [proxy.url], addresses: [governor] }).poll()).rejects.toThrow(/invalid api key/)
    expect(widths(proxy)).toHaveLength(1)
  })
})

const isDeployless = ({ method, params }: RpcCall): boolean =>
  method === 'eth_call' && z.looseObject({ to: z.string().optional() }).parse(params?.[0]).to === undefined

describe('a node that refuses calls without an address', () => {
  it.for([
    { code: -32602, message: "missing field 'to'" },
    { code: -32603, message: 'Internal Server Error' },
    { code: -32000, message: 'execution reverted' },
  ])(
    'gets single calls, and later polls still take at most three requests: $message',
    async (error, { chain, proxy }) => {
      const { governor, actor } = await chain.deploy({ votingPeriod: 100 })
      const id = await actor.propose({ description: 'Read' })
      await actor.toVotingStart(id)
      const { poll, proposal } = follow({ urls: [proxy.url], addresses: [governor] })
      proxy.behave({ rewrite: (call, answer) => (isDeployless(call) ? { error } : answer) })
      await poll()
      await actor.mine(1)
      await poll()
      expect(proposal(id)?.status).toBe('voting')

      await actor.mine(1)
      await actor.vote(id, 1, 0)
      proxy.reset()
      await poll()
      expect(proposal(id)?.tally?.yes).toBe(100n)
      // Head, a batch with the multicall contract that this chain lacks, and the single calls.
      expect(proxy.requests.length).toBeLessThanOrEqual(3)
      expect(proxy.requests.flat().some(isDeployless)).toBe(false)
    },
  )

  it.for([
    ['nothing', '0x'],
    ['the address that the contract would have', `0x${'0'.repeat(24)}5fbdb2315678afecb367f032d93f642f64180aa3`],
    ['the code that was to run', multicallCode],
    ['something that is not a string', null],
  ])('gets single calls, also if it answers %s instead of an error', async ([_, result], { chain, proxy }) => {
    const { governor, actor } = await chain.deploy()
    const id = await actor.propose({ description: 'Read' })
    const { poll, proposal } = follow({ urls: [proxy.url], addresses: [governor] })
    proxy.behave({ rewrite: (call, answer) => (isDeployless(call) ? { result } : answer) })
    await poll()
    expect(proposal(id)?.title).toBe('Read')
  })
})

describe('a server that limits the calls of a batch', () => {
  it('is still read, in as many requests as it needs', async ({ chain, proxy }) => {
    const { governor, actor } = await chain.deploy()
    const id = await actor.propose({ description: 'Three by three' })
    const { poll, proposal } = follow({ urls: [proxy.url], addresses: [governor] })
    const most = (count: number): void =>
      proxy.behave({
        fail: {
          status: 500,
          body: '{"message":"Batch of more than 3 requests are not allowed on free tier","code":31}',
        },
        failOn: (_call, calls) => calls.length > count,
      })
    most(3)
    await poll()
    expect(proposal(id)?.title).toBe('Three by three')
    most(1)
    await actor.mine(1)
    await expect(poll()).resolves.toMatchObject({ ok: true })
  })
})
