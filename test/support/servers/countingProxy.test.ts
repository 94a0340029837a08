import { createPublicClient, http } from 'viem'
import { describe, expect } from 'vitest'
import type { CountingProxy } from './countingProxy.js'
import { onSharedChain as it } from '../fixtures.js'

describe('the counting proxy', () => {
  const client = (proxy: CountingProxy, batch: boolean) =>
    createPublicClient({ cacheTime: 0, transport: http(proxy.url, { batch, retryCount: 0 }) })

  it('counts requests, and the calls in each', async ({ proxy }) => {
    await client(proxy, false).getChainId()
    const batched = client(proxy, true)
    await Promise.all([batched.getBlockNumber(), batched.getGasPrice()])
    expect(proxy.requests.map((calls) => calls.map(({ method }) => method))).toEqual([
      ['eth_chainId'],
      ['eth_blockNumber', 'eth_gasPrice'],
    ])
    expect(proxy.methods()).toEqual(['eth_chainId', 'eth_blockNumber', 'eth_gasPrice'])
  })

  it('answers with its own status, and recovers', async ({ proxy }) => {
    proxy.behave({ fail: { status: 503, body: 'down for lunch' } })
    await expect(client(proxy, false).getChainId()).rejects.toThrow('503')
    proxy.behave({})
    await expect(client(proxy, false).getChainId()).resolves.toBe(31_337)
  })

  it('fails only the given calls', async ({ proxy }) => {
    proxy.behave({ fail: 'drop', failOn: ({ method }) => method === 'eth_gasPrice' })
    await expect(client(proxy, false).getChainId()).resolves.toBe(31_337)
    await expect(client(proxy, false).getGasPrice()).rejects.toThrow('fetch failed')
  })

  it('can be another chain, in a single call or a batch', async ({ proxy }) => {
    proxy.behave({ chainId: 1 })
    const batched = client(proxy, true)
    await expect(client(proxy, false).getChainId()).resolves.toBe(1)
    await expect(Promise.all([batched.getChainId(), batched.getBlockNumber()])).resolves.toEqual([1, 0n])
  })

  it('rewrites answers', async ({ proxy }) => {
    proxy.behave({ rewrite: ({ method }, answer) => (method === 'eth_blockNumber' ? { result: '0x7' } : answer) })
    await expect(client(proxy, false).getBlockNumber()).resolves.toBe(7n)
    await expect(client(proxy, false).getChainId()).resolves.toBe(31_337)
  })

  it('ends a hanging request when the caller aborts', async ({ proxy }) => {
    proxy.behave({ fail: 'hang' })
    const abort = new AbortController()
    const request = fetch(proxy.url, { method: 'POST', body: '{"method":"eth_chainId"}', signal: abort.signal })
    await proxy.waitFor(1)
    abort.abort(new Error('enough'))
    await expect(request).rejects.toThrow('enough')
  })
})
