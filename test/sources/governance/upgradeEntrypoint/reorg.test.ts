import { type Hex, keccak256, numberToHex, toEventSelector } from 'viem'
import { describe, expect } from 'vitest'
import { z } from 'zod'
import { keyOf } from '../../../../src/domain/proposals/proposal.js'
import type { RpcCall } from '../../../support/servers/countingProxy.js'
import { onOwnChain as it } from '../../../support/fixtures.js'
import { deployEntrypoint, followEntrypoint } from './entrypointChain.js'

describe('a reorg', () => {
  it('retracts an announcement that it removed', async ({ chain, proxy }) => {
    const contract = await deployEntrypoint(chain)
    const { poll, proposals } = followEntrypoint(proxy.url, contract)
    await poll()
    const block = await contract.announce('v2', 1_000_000)
    await poll()
    await chain.reorg(1)
    const reading = await poll()

    expect(reading.retracted).toStrictEqual([
      keyOf({ chain: 'local', contract: contract.address, id: `announced-${block}` }),
    ])
    expect(proposals.size).toBe(0)
  })

  it('restores the plan that a later announcement had replaced', async ({ chain, proxy }) => {
    const contract = await deployEntrypoint(chain)
    const { poll, proposals } = followEntrypoint(proxy.url, contract)
    await contract.announce('v2', 1_000_000)
    await poll()
    await contract.announce('v3', 1_000_500)
    await poll()
    await chain.reorg(1)
    const reading = await poll()

    expect(reading.retracted).toStrictEqual([])
    expect([...proposals.values()]).toMatchObject([{ status: 'passed', finding: { plan: { name: 'v2' } } }])
  })

  it('that removes a cancellation restores the plan', async ({ chain, proxy }) => {
    const contract = await deployEntrypoint(chain)
    const { poll, proposals } = followEntrypoint(proxy.url, contract)
    await contract.announce('v2', 1_000_000)
    await poll()
    await contract.cancel()
    await poll()
    await chain.reorg(1)
    const reading = await poll()

    expect(reading.retracted).toStrictEqual([])
    expect([...proposals.values()]).toMatchObject([{ status: 'passed', finding: { plan: { name: 'v2' } } }])
  })

  it('that moves the first announcement after a later one leaves one plan', async ({ chain, proxy }) => {
    const contract = await deployEntrypoint(chain)
    const { poll, proposals } = followEntrypoint(proxy.url, contract)
    await poll()
    await contract.announce('v2', 1_000_000)
    await contract.announce('v3', 1_000_500)
    await poll()
    await chain.reorg(2)
    const block = await contract.announce('v3', 1_000_500)
    await poll()

    expect([...proposals.values()]).toMatchObject([
      { id: `announced-${block}`, status: 'passed', finding: { plan: { name: 'v3' } } },
    ])
  })
})

describe('a node', () => {
  it('that lags changes nothing, and nothing is skipped when it catches up', async ({ chain, proxy }) => {
    const contract = await deployEntrypoint(chain)
    const { poll, proposals } = followEntrypoint(proxy.url, contract)
    await chain.client.mine({ blocks: 3 })
    await contract.announce('v2', 1_000_000)
    await chain.client.mine({ blocks: 2 })
    const full = await poll()
    const lagging = (await chain.client.getBlockNumber()) - 4n
    const old = await chain.client.request({
      method: 'eth_getBlockByNumber',
      params: [`0x${lagging.toString(16)}`, false],
    })
    proxy.behave({
      rewrite: (call, answer) =>
        call.method === 'eth_getBlockByNumber' && call.params?.[0] === 'latest' ? { result: old } : answer,
    })
    expect(await poll()).toMatchObject({ head: full.head, proposals: [], retracted: [], backlog: 0n })

    proxy.behave({})
    await contract.cancel()
    await poll()
    expect([...proposals.values()]).toMatchObject([{ status: 'canceled' }])
  })

  it('whose log index is behind its head is asked again, and late logs are applied in order', async ({
    chain,
    proxy,
  }) => {
    const contract = await deployEntrypoint(chain)
    const { poll, proposals } = followEntrypoint(proxy.url, contract)
    const first = await contract.announce('v2', 1_000_000)
    await poll()
    const cancelled = await contract.cancel()
    proxy.behave({ rewrite: (call, answer) => (call.method === 'eth_getLogs' ? { result: [] } : answer) })
    await poll()
    expect([...proposals.values()]).toMatchObject([{ status: 'passed' }])

    const number = (hex: unknown): number => (typeof hex === 'string' ? Number(hex) : 0)
    const block = await contract.announce('v3', 1_000_500)
    proxy.behave({
      rewrite: (call, answer) =>
        call.method === 'eth_getLogs' && Array.isArray(answer['result'])
          ? { result: answer['result'].filter((log: { blockNumber: unknown }) => number(log.blockNumber) > cancelled) }
          : answer,
    })
    await poll()
    expect([...proposals.values()]).toMatchObject([{ id: `announced-${first}`, finding: { plan: { name: 'v3' } } }])

    proxy.behave({})
    await chain.client.mine({ blocks: 1 })
    const reading = await poll()
    expect(reading.retracted).toStrictEqual([])
    expect([...proposals.values()]).toMatchObject([
      { id: `announced-${first}`, status: 'canceled', finding: { plan: { name: 'v2' } } },
      { id: `announced-${block}`, status: 'passed', finding: { plan: { name: 'v3' } } },
    ])
  })

  it('that no longer reports an announcement of an unchanged block fails the poll, because that proves nothing', async ({
    chain,
    proxy,
  }) => {
    const contract = await deployEntrypoint(chain)
    const { poll, proposals } = followEntrypoint(proxy.url, contract)
    await contract.announce('v2', 1_000_000)
    await chain.client.mine({ blocks: 2 })
    await contract.announce('v3', 1_000_500)
    await poll()
    await chain.reorg(1)
    proxy.behave({ rewrite: (call, answer) => (call.method === 'eth_getLogs' ? { result: [] } : answer) })

    await expect(poll()).rejects.toThrow(/does not tell the log of block/)
    expect([...proposals.values()]).toMatchObject([{ status: 'passed', finding: { plan: { name: 'v3' } } }])
  })

  it.for(['does not match it', 'matches it by chance, or because the node chose the block'])(
    'that invented an announcement stops no other one after a reorg: the logs of its block prove that there is none (%s)',
    async (filter, { chain, proxy }) => {
      const [contract, silent] = [await deployEntrypoint(chain), await deployEntrypoint(chain)]
      const { poll, proposals } = followEntrypoint(proxy.url, contract, silent)
      const real = await contract.announce('v2', 1_000_000)
      await chain.client.mine({ blocks: 3 })
      const { hash } = await chain.client.getBlock({ blockNumber: real + 1n })
      const number = numberToHex(real + 1n)
      const invented = { address: silent.address, blockNumber: number, blockHash: hash }
      // Another event of the contract, and the same event of another contract.
      const others = [
        { address: silent.address, topics: [keccak256('0x01')], blockHash: hash },
        {
          address: contract.address,
          topics: [toEventSelector('SoftwareUpgrade(string,int64,string)')],
          blockHash: hash,
        },
      ]
      const honest = ({ method, params }: RpcCall, answer: Answer): Answer => {
        if (filter === 'does not match it') return answer
        const [asked] = z.array(z.unknown()).parse(params ?? [])
        if (method === 'eth_getBlockByNumber' && asked === number)
          return { result: { ...z.looseObject({}).parse(answer['result']), logsBloom: bloomOf(others) } }
        const isUnfiltered = z
          .strictObject({ fromBlock: z.literal(number), toBlock: z.literal(number) })
          .safeParse(asked).success
        return method === 'eth_getLogs' && isUnfiltered ? { result: others } : answer
      }
      proxy.behave({
        rewrite: (call, answer) =>
          call.method === 'eth_getLogs' && Array.isArray(answer['result'])
            ? { result: answer['result'].flatMap((log: object) => [log, { ...log, ...invented }]) }
            : answer,
      })
      await poll()
      expect(proposals.size).toBe(2)
      await chain.reorg(1)
      proxy.behave({ rewrite: honest })
      await poll()

      expect([...proposals.values()]).toMatchObject([{ contract: contract.address, id: `announced-${real}` }])
    },
  )
})

type Answer = Readonly<Record<string, unknown>>

/** The bloom filter of a block with these logs. */
function bloomOf(logs: readonly { readonly address: Hex; readonly topics: readonly Hex[] }[]): Hex {
  let bits = 0n
  for (const { address, topics } of logs)
    for (const value of [address, ...topics]) {
      const hash = keccak256(value)
      for (const at of [2, 6, 10]) bits |= 1n << (BigInt(`0x${hash.slice(at, at + 4)}`) & 2047n)
    }
  return numberToHex(bits, { size: 256 })
}
