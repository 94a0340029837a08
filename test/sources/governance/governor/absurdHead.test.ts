import { numberToHex } from 'viem'
import { describe, expect } from 'vitest'
import { follow } from './follow.js'
import { onOwnChain as it } from '../../../support/fixtures.js'
import type { Fields } from './spoilLogs.js'

describe('a head that never existed', () => {
  it('that was claimed once, with a matching block, is dropped with the next honest answer', async ({
    chain,
    proxy,
  }) => {
    const { governor, actor } = await chain.deploy()
    const { poll, proposal } = follow({ urls: [proxy.url], addresses: [governor], maxLogRange: 2 ** 41 })
    await poll()
    await actor.mine(1)
    const real = await chain.client.request({ method: 'eth_getBlockByNumber', params: ['latest', false] })
    const absurd: Fields = { ...real, number: numberToHex(2n ** 40n), hash: `0x${'ab'.repeat(32)}` }
    const claimed = (at: unknown): boolean => at === 'latest' || at === absurd['number']
    proxy.behave({
      rewrite: (call, answer) => {
        if (call.method === 'eth_getBlockByNumber') return claimed(call.params?.[0]) ? { result: absurd } : answer
        return call.method === 'eth_getLogs' ? { result: [] } : answer
      },
    })
    expect(await poll()).toMatchObject({ at: { number: 2n ** 40n }, head: { number: 2n ** 40n } })
    proxy.behave({})
    const lost = await actor.propose({ description: 'After' })
    const reading = await poll()

    expect(reading.at.number).toBe(await chain.client.getBlockNumber())
    expect(reading.head.number).toBe(reading.at.number)
    expect(proposal(lost)).toMatchObject({ title: 'After' })
    expect(reading.retracted).toStrictEqual([])
  })
})

describe('a reorg right after the first sync', () => {
  it.for([0n, 1n])('is handled if the history begins with block %d', async (fromBlock, { chain, proxy }) => {
    const { governor, actor } = await chain.deploy()
    await actor.propose({ description: 'Goes' })
    const { poll, proposals } = follow({ urls: [proxy.url], addresses: [governor], fromBlock })
    await poll()
    expect(proposals.size).toBe(1)

    await chain.reorg(1)
    const reading = await poll()
    expect(reading.retracted).toHaveLength(1)
    expect(proposals.size).toBe(0)
    const id = await actor.propose({ description: 'Comes' })
    await poll()
    expect([...proposals.values()]).toMatchObject([{ id: id.toString() }])
  })
})
