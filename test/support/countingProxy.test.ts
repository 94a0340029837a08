import { createPublicClient, http } from 'viem'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Chain, startChain } from './chain.js'
import { type CountingProxy, startCountingProxy } from './countingProxy.js'

describe('the counting proxy', () => {
  let chain: Chain
  let proxy: CountingProxy
  beforeAll(async () => {
    chain = await startChain()
    proxy = await startCountingProxy(chain.url)
  })
  afterAll(async () => {
    await proxy.stop()
    await chain.stop()
  })
  beforeEach(() => {
    proxy.behave({})
    proxy.reset()
  })
  const client = (batch: boolean) =>
    createPublicClient({ cacheTime: 0, transport: http(proxy.url, { batch, retryCount: 0 }) })

  it('counts requests, and the calls in each', async () => {
    await client(false).getChainId()
    const batched = client(true)
    await Promise.all([batched.getBlockNumber(), batched.getGasPrice()])
    expect(proxy.requests.map((calls) => calls.map(({ method }) => method))).toEqual([
      ['eth_chainId'],
      ['eth_blockNumber', 'eth_gasPrice'],
    ])
    expect(proxy.methods()).toEqual(['eth_chainId', 'eth_blockNumber', 'eth_gasPrice'])
  })

  it('answers a status of its own, and recovers', async () => {
    proxy.behave({ fail: { status: 503, body: 'down for lunch' } })
    await expect(client(false).getChainId()).rejects.toThrow('503')
    proxy.behave({})
    await expect(client(false).getChainId()).resolves.toBe(31_337)
  })

  it('fails only the calls it is told to', async () => {
    proxy.behave({ fail: 'drop', failOn: ({ method }) => method === 'eth_gasPrice' })
    await expect(client(false).getChainId()).resolves.toBe(31_337)
    await expect(client(false).getGasPrice()).rejects.toThrow('fetch failed')
  })

  it('can be another chain, alone or in a batch', async () => {
    proxy.behave({ chainId: 1 })
    const batched = client(true)
    await expect(client(false).getChainId()).resolves.toBe(1)
    await expect(Promise.all([batched.getChainId(), batched.getBlockNumber()])).resolves.toEqual([1, 0n])
  })

  it('rewrites answers', async () => {
    proxy.behave({ rewrite: ({ method }, answer) => (method === 'eth_blockNumber' ? { result: '0x7' } : answer) })
    await expect(client(false).getBlockNumber()).resolves.toBe(7n)
    await expect(client(false).getChainId()).resolves.toBe(31_337)
  })

  it('lets a hanging request go when the caller gives up', async () => {
    proxy.behave({ fail: 'hang' })
    const abort = new AbortController()
    const request = fetch(proxy.url, { method: 'POST', body: '{"method":"eth_chainId"}', signal: abort.signal })
    await proxy.waitFor(1)
    abort.abort(new Error('enough'))
    await expect(request).rejects.toThrow('enough')
  })
})
