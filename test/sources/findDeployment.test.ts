import { numberToHex } from 'viem'
import { describe, expect } from 'vitest'
import { SourceError } from '../../src/domain/errors.js'
import { type Deployment, findDeployment } from '../../src/sources/findDeployment.js'
import { onSharedChain as it } from '../support/fixtures.js'
import type { CountingProxy, RpcCall } from '../support/servers/countingProxy.js'

const { signal } = new AbortController()
const find = (url: string, address: string): Promise<Deployment> =>
  findDeployment({ url, address, timeoutMs: 60_000, signal })

const blockOf = ({ method, params = [] }: RpcCall): number => {
  const [first, second] = params
  const tag: unknown = method === 'eth_getCode' ? second : first
  if (typeof tag === 'object' && tag !== null && 'fromBlock' in tag) return Number(tag.fromBlock)
  return Number(tag)
}
const refused = (message: string): Readonly<Record<string, unknown>> => ({ error: { code: -32000, message } })

/** A node that has states from one block on, and blocks and logs from another. */
function pruned(proxy: CountingProxy, states: number, blocks = 0): void {
  proxy.behave({
    rewrite: (call, answer) => {
      if (call.method === 'eth_getCode' && blockOf(call) < states) return refused('missing trie node 0xabc (path )')
      if (call.method === 'eth_getBlockByNumber' && blockOf(call) < blocks) return { result: null }
      if (call.method === 'eth_getLogs' && blockOf(call) < blocks) return refused('pruned history unavailable')
      return answer
    },
  })
}

describe('the block in which a contract was deployed', () => {
  it('is found by bisection, in few requests, however long the chain is', async ({ chain, proxy }) => {
    await chain.client.mine({ blocks: 20 })
    const { governor } = await chain.deploy()
    await chain.client.mine({ blocks: 200 })
    const found = await find(proxy.url, governor)

    const { block } = found.kind === 'found' ? found : { block: -1n }
    const codeAt = (blockNumber: bigint): Promise<string | undefined> =>
      chain.client.getCode({ address: governor, blockNumber })
    expect(await codeAt(block)).toMatch(/^0x/)
    expect(await codeAt(block - 1n)).toBe(undefined)
    expect(proxy.requests.length).toBeLessThan(13)
  })

  it('is block 0 for a contract of the genesis, with two requests for code', async ({ chain, proxy }) => {
    const { governor } = await chain.deploy()
    proxy.behave({ rewrite: (call, answer) => (call.method === 'eth_getCode' ? { result: '0x60' } : answer) })
    await expect(find(proxy.url, governor)).resolves.toStrictEqual({ kind: 'found', block: 0n })
    expect(proxy.methods()).toStrictEqual(['eth_blockNumber', 'eth_getCode', 'eth_getCode'])
  })

  it('is unknown at a node without old states, which returns how far back states and blocks go', async ({
    chain,
    proxy,
  }) => {
    const { governor } = await chain.deploy()
    const deployed = await find(chain.url, governor)
    await chain.client.mine({ blocks: 300 })
    const head = Number(await chain.client.getBlockNumber())

    pruned(proxy, head - 128)
    await expect(find(proxy.url, governor)).resolves.toStrictEqual({
      kind: 'pruned',
      statesFrom: BigInt(head - 128),
      blocksFrom: 0n,
    })
    pruned(proxy, head - 128, head - 200)
    await expect(find(proxy.url, governor)).resolves.toMatchObject({ kind: 'pruned', blocksFrom: BigInt(head - 200) })
    // If the states begin before the contract, the node can find its block.
    pruned(proxy, 1, 0)
    await expect(find(proxy.url, governor)).resolves.toStrictEqual(deployed)
  })

  it('causes an error if the node disconnects, is rate-limited or returns nonsense', async ({ chain, proxy }) => {
    const { governor } = await chain.deploy()
    let asked = 0
    const third = ({ method }: RpcCall): boolean => method === 'eth_getCode' && ++asked >= 3
    proxy.behave({ fail: 'drop', failOn: third })
    await expect(find(proxy.url, governor)).rejects.toThrow(SourceError)
    asked = 0
    proxy.behave({ fail: { status: 429, body: 'slow down' }, failOn: third })
    await expect(find(proxy.url, governor)).rejects.toThrow(/asks for fewer requests/)
    asked = 0
    proxy.behave({ rewrite: (call, answer) => (third(call) ? { result: { not: 'code' } } : answer) })
    await expect(find(proxy.url, governor)).rejects.toThrow(/no usable answer|gave/)
  })

  it('causes an error if there is no contract', async ({ chain }) => {
    await expect(find(chain.url, `0x${'2'.repeat(40)}`)).rejects.toThrow(/There is no contract at 0x2{40}/)
  })

  it('takes fewer than 64 requests on a very long chain, and an impossible height is refused', async ({
    chain,
    proxy,
  }) => {
    const { governor } = await chain.deploy()
    proxy.behave({
      rewrite: (call, answer) =>
        call.method === 'eth_blockNumber'
          ? { result: numberToHex(2n ** 63n) }
          : call.method === 'eth_getCode'
            ? { result: blockOf(call) > 7e18 ? '0x60' : '0x' }
            : answer,
    })
    await expect(find(proxy.url, governor)).rejects.toThrow(/height that no chain can have/)
    proxy.behave({
      rewrite: (call, answer) =>
        call.method === 'eth_blockNumber'
          ? { result: numberToHex(2n ** 52n) }
          : call.method === 'eth_getCode'
            ? { result: blockOf(call) >= 4_321_000_000 ? '0x60' : '0x' }
            : answer,
    })
    proxy.reset()
    await expect(find(proxy.url, governor)).resolves.toStrictEqual({ kind: 'found', block: 4_321_000_000n })
    expect(proxy.requests.length).toBeLessThan(64)
  })
})
