import { describe, expect } from 'vitest'
import { keyOf } from '../../../../src/domain/proposals/proposal.js'
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

  it('that invented an announcement stops no other one after a reorg: the header proves that there is no such log', async ({
    chain,
    proxy,
  }) => {
    const [contract, silent] = [await deployEntrypoint(chain), await deployEntrypoint(chain)]
    const { poll, proposals } = followEntrypoint(proxy.url, contract, silent)
    const real = await contract.announce('v2', 1_000_000)
    await chain.client.mine({ blocks: 3 })
    const { hash } = await chain.client.getBlock({ blockNumber: real + 1n })
    const invented = { address: silent.address, blockNumber: `0x${(real + 1n).toString(16)}`, blockHash: hash }
    proxy.behave({
      rewrite: (call, answer) =>
        call.method === 'eth_getLogs' && Array.isArray(answer['result'])
          ? { result: answer['result'].flatMap((log: object) => [log, { ...log, ...invented }]) }
          : answer,
    })
    await poll()
    expect(proposals.size).toBe(2)
    await chain.reorg(1)
    proxy.behave({})
    await poll()

    expect([...proposals.values()]).toMatchObject([{ contract: contract.address, id: `announced-${real}` }])
  })
})
