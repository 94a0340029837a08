import { toFunctionSelector } from 'viem'
import { describe, expect } from 'vitest'
import { follow, readerOf } from './follow.js'
import { onWemix as it } from './onWemix.js'

describe('the RPC budget with 60 open ballots', () => {
  it('is two requests with a new block, also with votes, and one without', async ({ chain, proxy }) => {
    const { registry, changeEnv, vote } = await chain.wemix()
    const { poll, proposals, restarted } = follow({ urls: [proxy.url], registry })
    for (let index = 0; index < 60; index++) await changeEnv('blocksPer', [BigInt(index)], { memo: 'x'.repeat(300) })
    await poll()
    expect(proposals.size).toBe(60)

    const two = [['eth_getBlockByNumber'], ['eth_call', 'eth_chainId', 'eth_getBlockByNumber', 'web3_clientVersion']]
    await chain.mine()
    expect(await proxy.during(poll)).toStrictEqual(two)
    // As many eth_calls as 60 memos need, not one per ballot.
    expect(proxy.methods().filter((method) => method === 'eth_call').length).toBeLessThan(10)
    await vote(1n, true, 0)
    expect(await proxy.during(poll)).toStrictEqual(two)
    expect(await proxy.during(poll)).toStrictEqual([['eth_getBlockByNumber']])

    const again = restarted(readerOf({ urls: [proxy.url], registry }))
    await chain.mine()
    await again.poll()
    await chain.mine()
    expect(await proxy.during(again.poll)).toStrictEqual(two)
    expect(new Set([...proposals.values()].map(({ readAt }) => readAt)).size).toBe(1)
  })

  it('is nothing for closed ballots', async ({ chain, proxy }) => {
    const { registry, ballots, changeEnv, cancel } = await chain.wemix()
    const { poll, proposal } = follow({ urls: [proxy.url], registry })
    for (let id = 1n; id <= 3n; id++) await cancel(await changeEnv('blocksPer', [id]))
    await poll()
    await chain.mine()
    await poll()
    const before = proposal(1n)?.readAt
    await chain.mine()
    expect(await proxy.during(poll)).toHaveLength(2)
    expect(proposal(1n)).toMatchObject({ contract: ballots, readAt: before })
  })

  it('includes no calls for votes while no ballot is open', async ({ chain, proxy }) => {
    const { registry, changeEnv, cancel } = await chain.wemix()
    const { poll } = follow({ urls: [proxy.url], registry })
    const asksForVotes = async (): Promise<boolean> => {
      await chain.mine()
      await proxy.during(poll)
      return JSON.stringify(proxy.requests).includes(toFunctionSelector('getVote(uint256)').slice(2))
    }
    const id = await changeEnv('blocksPer', [2n])
    await poll()
    expect(await asksForVotes()).toBe(true)
    await cancel(id)
    await poll()
    expect(await asksForVotes()).toBe(false)
  })

  it('is the same two requests if finality is a number or a tag', async ({ chain, proxy }) => {
    const { registry, changeEnv } = await chain.wemix()
    await changeEnv('blocksPer', [2n])
    await chain.client.mine({ blocks: 100 })
    for (const finality of ['safe', 5] as const) {
      const { poll, proposals } = follow({ urls: [proxy.url], registry, finality })
      await poll()
      expect(proposals.size).toBe(1)
      await chain.mine()
      expect(await proxy.during(poll)).toHaveLength(2)
      expect(await proxy.during(poll)).toHaveLength(1)
    }
  })

  it('is one more request per twenty ballots in a first sync, and three to locate the contracts', async ({
    chain,
    proxy,
  }) => {
    const { registry, changeEnv } = await chain.wemix()
    for (let index = 0; index < 41; index++) await changeEnv('blocksPer', [BigInt(index)])
    const { poll, proposals } = follow({ urls: [proxy.url], registry })
    // Head and magic; the registry; the counts; three times twenty ballots; the block once more.
    expect(await proxy.during(poll)).toHaveLength(7)
    expect(proposals.size).toBe(41)
  })
})
