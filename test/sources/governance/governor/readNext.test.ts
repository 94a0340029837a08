import { describe, expect } from 'vitest'
import { onOwnChain as it } from '../../../support/fixtures.js'
import { follow } from './follow.js'

describe('a reorg', () => {
  it('that only moves a proposal to another block retracts nothing', async ({ chain, proxy }) => {
    const { governor, actor } = await chain.deploy()
    const { poll, proposal } = follow({ urls: [proxy.url], addresses: [governor] })
    await poll()
    const id = await actor.propose({ description: 'Moves' })
    await poll()
    const before = proposal(id)?.origin
    await chain.reorg(1)
    await actor.propose({ description: 'Moves' })
    const { retracted } = await poll()

    expect(retracted).toStrictEqual([])
    expect(proposal(id)?.origin?.hash).not.toBe(before?.hash)
  })

  it('updates the start of a vote to the time of the block that replaced the first one', async ({ chain, proxy }) => {
    const { governor, actor } = await chain.deploy()
    const { poll, proposal } = follow({ urls: [proxy.url], addresses: [governor] })
    const id = await actor.propose({ description: 'Begins later' })
    await poll()
    const fork = await chain.client.snapshot()
    await actor.mine(3)
    await poll()
    const before = proposal(id)?.votingStartsAt
    await chain.client.revert({ id: fork })
    await chain.client.increaseTime({ seconds: 1_000 })
    await actor.mine(4)
    await poll()

    const start = await chain.client.getBlock({ blockNumber: proposal(id)?.votingStart ?? 0n })
    expect(proposal(id)?.votingStartsAt).toBe(start.timestamp)
    expect(start.timestamp).toBeGreaterThan((before ?? 0n) + 900n)
  })

  it('below `fromBlock` reads no logs before that block', async ({ chain, proxy }) => {
    await chain.client.mine({ blocks: 20 })
    const fromBlock = await chain.client.getBlockNumber()
    const fork = await chain.client.snapshot()
    await chain.client.mine({ blocks: 1 })
    const { governor } = await chain.deploy()
    const { poll } = follow({ urls: [proxy.url], addresses: [governor], fromBlock })
    await poll()
    await chain.client.revert({ id: fork })
    await chain.reorg(5)
    await chain.client.mine({ blocks: 1 })
    expect((await chain.deploy()).governor).toBe(governor)
    proxy.reset()
    await poll()

    const asked = proxy.requests.flat().filter(({ method }) => method === 'eth_getLogs')
    expect(asked).not.toStrictEqual([])
    expect(JSON.stringify(asked)).toContain(`"fromBlock":"0x${fromBlock.toString(16)}"`)
  })
})
