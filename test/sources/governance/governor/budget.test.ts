import { describe, expect } from 'vitest'
import { follow } from './follow.js'
import { onSharedChain as it } from '../../../support/fixtures.js'

describe('the RPC budget with 60 open proposals', () => {
  it('is two requests with a new block, one without, and nothing for closed proposals', async ({ chain, proxy }) => {
    const { governor, actor } = await chain.deploy({ votingPeriod: 200 })
    const { poll, proposals } = follow({ urls: [proxy.url], addresses: [governor] })
    const ids: bigint[] = []
    for (let index = 0; index < 60; index++) ids.push(await actor.propose({ description: `Proposal ${index}` }))
    await poll()
    expect(proposals.size).toBe(60)

    await actor.mine(3)
    expect(await proxy.during(poll)).toStrictEqual([
      ['eth_getBlockByNumber'],
      ['eth_call', 'eth_chainId', 'eth_getBlockByNumber', 'eth_getLogs', 'web3_clientVersion'],
    ])
    expect(new Set([...proposals.values()].map(({ status }) => status))).toStrictEqual(new Set(['voting']))
    expect(await proxy.during(poll)).toStrictEqual([['eth_getBlockByNumber']])

    const first = ids[0] ?? 0n
    const last = await actor.propose({ description: 'Canceled at once' })
    await poll()
    await actor.cancel(last)
    await poll()
    await actor.mine(1)
    proxy.reset()
    await poll()
    const asked = JSON.stringify(proxy.requests)
    expect(asked).toContain(first.toString(16).padStart(64, '0'))
    expect(asked).not.toContain(last.toString(16).padStart(64, '0'))

    await chain.client.mine({ blocks: 210 })
    await poll()
    expect([...proposals.values()].filter(({ status }) => status === 'rejected')).toHaveLength(60)
    await actor.mine(1)
    expect((await proxy.during(poll))[1]).not.toContain('eth_call')
  })

  it('is the same two requests if the votes of our voters are checked', async ({ chain, proxy }) => {
    const { governor, actor, voters } = await chain.deploy({ votingPeriod: 200 })
    const { poll, proposals } = follow({ urls: [proxy.url], addresses: [governor], voters })
    for (let index = 0; index < 20; index++) await actor.propose({ description: `Proposal ${index}` })
    await poll()
    await actor.mine(3)
    await poll()
    await actor.mine(1)
    proxy.reset()
    expect(await proxy.during(poll)).toStrictEqual([
      ['eth_getBlockByNumber'],
      ['eth_call', 'eth_chainId', 'eth_getBlockByNumber', 'eth_getLogs', 'web3_clientVersion'],
    ])
    expect([...proposals.values()].map(({ attendance }) => attendance)).toStrictEqual(
      Array.from({ length: 20 }, () => ({ voted: [], missing: voters })),
    )
  })

  it('is the same two requests if finality is a tag or a number', async ({ chain, proxy }) => {
    const { governor, actor } = await chain.deploy({ votingPeriod: 200 })
    await actor.propose({ description: 'One' })
    await actor.mine(100)
    for (const finality of ['safe', 5] as const) {
      const { poll, proposals } = follow({ urls: [proxy.url], addresses: [governor], finality })
      await poll()
      expect(proposals.size).toBe(1)
      await actor.mine(1)
      expect(await proxy.during(poll)).toHaveLength(2)
      expect(await proxy.during(poll)).toHaveLength(1)
    }
  })

  it('is two requests for the first poll of a short history', async ({ chain, proxy }) => {
    const { governor, actor } = await chain.deploy()
    await actor.propose({ description: 'One' })
    const { poll } = follow({ urls: [proxy.url], addresses: [governor] })

    expect(await proxy.during(poll)).toHaveLength(2)
  })
})
