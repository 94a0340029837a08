import type { CountingProxy } from '../../../support/servers/countingProxy.js'
import { describe, expect } from 'vitest'
import { numberToHex } from 'viem'
import { boundedJson, parsedJson } from '../../../../src/domain/text/boundedJson.js'
import { SourceError } from '../../../../src/domain/errors.js'
import { follow, readerOf, fresh } from './follow.js'
import { day } from './wemixContracts.js'
import { onWemix as it } from './onWemix.js'
import type { WemixChain } from './wemixChain.js'

/** The node returns another block of this number at request no. `look`; returns how often it was requested. */
function replaceHead(proxy: CountingProxy, number: bigint, look: number): () => number {
  let looks = 0
  proxy.behave({
    rewrite: (call, answer) =>
      call.method === 'eth_getBlockByNumber' && call.params?.[0] === numberToHex(number) && ++looks === look
        ? { result: { ...Object(answer['result']), hash: `0x${'ab'.repeat(32)}` } }
        : answer,
  })
  return () => looks
}

describe('a count of far more ballots than exist', () => {
  it('is not followed to its end: the reading fails after an empty portion', async ({ chain, proxy }) => {
    const { registry, gov, changeEnv } = await chain.wemix()
    await changeEnv('blocksPer', [2n])
    await chain.client.setStorageAt({ address: gov, index: 3, value: numberToHex(3_000n, { size: 32 }) })
    await chain.client.mine({ blocks: 1 })
    proxy.reset()
    await expect(follow({ urls: [proxy.url], registry }).poll()).rejects.toThrow(
      /says that there are 3000 ballots, and none of those from \d+ on is there\.$/,
    )
    expect(proxy.requests.length).toBeLessThan(10)
  })
})

describe('a count of one ballot more than exists', () => {
  it('fails the reading, and nothing is skipped', async ({ chain }) => {
    const { registry, changeEnv, setBallots } = await countedBallots(chain)
    const { poll, proposals } = follow({ urls: [chain.url], registry })
    await changeEnv('blocksPer', [2n])
    await poll()
    await setBallots(2n)
    await expect(poll()).rejects.toThrow(/says that there are 2 ballots, but has no ballot 2/)
    await setBallots(1n)
    await changeEnv('blocksPer', [3n])
    await poll()
    expect([...proposals.values()].map(({ id }) => id)).toStrictEqual(['1', '2'])
  })
})

describe('a count of fewer ballots than were reported', () => {
  it('has the remaining ballots read again, also the closed ones, which may have been wrong', async ({ chain }) => {
    const { registry, changeEnv, cancel, setBallots } = await countedBallots(chain)
    const { poll } = follow({ urls: [chain.url], registry })
    await cancel(await changeEnv('blocksPer', [2n]))
    await cancel(await changeEnv('blocksPer', [3n]))
    await poll()
    await chain.mine()
    expect((await poll()).proposals).toStrictEqual([])
    await setBallots(1n)
    expect((await poll()).proposals).toMatchObject([{ id: '1', status: 'canceled' }])
  })
})

/** A governance whose count of ballots can be set. The fourth variable of the contract is ballotLength. */
async function countedBallots(chain: WemixChain) {
  const { gov, ...given } = await chain.wemix()
  return {
    ...given,
    setBallots: async (count: bigint): Promise<void> => {
      await chain.client.setStorageAt({ address: gov, index: 3, value: numberToHex(count, { size: 32 }) })
      await chain.client.mine({ blocks: 1 })
    },
  }
}

describe('what does not exist', () => {
  it('is neither a ballot nor a vote, though it reads as zeros or reverts', async ({ chain }) => {
    const { registry, changeEnv } = await chain.wemix()
    const { poll, proposals } = follow({ urls: [chain.url], registry })
    expect(await poll()).toMatchObject({ proposals: [], votes: [], warnings: [] })
    await changeEnv('blocksPer', [2n])
    expect(await poll()).toMatchObject({ votes: [], warnings: [] })
    expect([...proposals.values()].map(({ id }) => id)).toStrictEqual(['1'])
  })
})

describe('a reading', () => {
  it('fails for a node of another chain, and for one that does not answer', async ({ chain, proxy }) => {
    const { registry } = await chain.wemix()
    await expect(follow({ urls: [chain.url], registry, chainId: 1111 }).poll()).rejects.toThrow(
      'is on chain 31337, expected 1111',
    )
    proxy.behave({ fail: { status: 503, body: 'Service Unavailable' } })
    const { poll } = follow({ urls: [proxy.url], registry })
    await expect(poll()).rejects.toMatchObject({ kind: 'transient' })
    await expect(poll()).rejects.toBeInstanceOf(SourceError)
  })

  it('fails for a cursor that another system wrote', async ({ chain }) => {
    const { registry } = await chain.wemix()
    const { poll, cursor } = follow({ urls: [chain.url], registry })
    await poll()
    await chain.mine()
    const theirs =
      boundedJson(
        parsedJson(JSON.stringify(cursor(), (key, value: unknown) => (key === 'counts' ? undefined : value))),
      ) ?? null
    await expect(
      readerOf({ urls: [chain.url], registry }).read({ cursor: theirs, open: [], signal: fresh() }),
    ).rejects.toThrow('is that of another governance system')
  })

  it.for([1, 2])(
    'tries again if block request no. %i returns another block, and then succeeds',
    async (look, { chain, proxy }) => {
      const { registry, changeEnv } = await chain.wemix()
      const { poll, proposals } = follow({ urls: [proxy.url], registry })
      await poll()
      await changeEnv('blocksPer', [2n])
      const looks = replaceHead(proxy, await chain.client.getBlockNumber(), look)
      expect((await poll()).head.hash).toBe((await chain.client.getBlock()).hash)
      expect(looks()).toBeGreaterThanOrEqual(look)
      expect([...proposals.values()]).toMatchObject([{ id: '1', status: 'submitted' }])
    },
  )

  it.for([3, 4])(
    'fails without a change if block request no. %i, after the ballots, returns another block',
    async (look, { chain, proxy }) => {
      const { registry, changeEnv } = await chain.wemix()
      const { poll, cursor, proposals } = follow({ urls: [proxy.url], registry })
      await poll()
      const before = cursor()
      await changeEnv('blocksPer', [2n])
      replaceHead(proxy, await chain.client.getBlockNumber(), look)
      await expect(poll()).rejects.toMatchObject({ kind: 'transient' })
      expect(cursor()).toStrictEqual(before)
      proxy.behave({})
      await poll()
      expect(proposals.size).toBe(1)
    },
  )

  it('does not retract anything if a call fails', async ({ chain, proxy }) => {
    const { registry, changeEnv } = await chain.wemix()
    const { poll, proposal } = follow({ urls: [proxy.url], registry })
    const id = await changeEnv('blocksPer', [2n], { duration: day })
    await poll()
    for (const error of [
      { code: -32603, message: 'Internal error' },
      { code: -32000, message: 'missing trie node ab' },
      { code: 3, message: 'execution reverted' },
    ]) {
      await chain.mine()
      proxy.behave({ rewrite: (call, answer) => (call.method === 'eth_call' ? { error } : answer) })
      await expect(poll()).rejects.toBeInstanceOf(SourceError)
    }
    proxy.behave({})
    expect((await poll()).retracted).toStrictEqual([])
    expect(proposal(id)).toMatchObject({ status: 'submitted' })
  })
})

describe('a node', () => {
  it('reports its version', async ({ chain }) => {
    const { registry } = await chain.wemix()
    expect((await follow({ urls: [chain.url], registry }).poll()).nodeVersion).toMatch(/^anvil/)
  })
})

describe('a node with the admin API', () => {
  it('lists the other nodes, cleaned of control characters, and a malformed answer is ignored', async ({
    chain,
    proxy,
  }) => {
    const { registry } = await chain.wemix()
    const nodesOf = async (result: unknown): Promise<unknown> => {
      proxy.behave({ rewrite: (call, answer) => (call.method === 'admin_wemixInfo' ? { result } : answer) })
      const [parameters] = await readerOf({ urls: [proxy.url], registry }).readParameters(fresh())
      return parameters?.details['nodes']
    }
    expect(
      await nodesOf({
        nodes: [{ name: 'seoul\u202e', status: 'up', miner: true, addr: someAddress }, { name: 'busan' }],
        maxIdle: 1e21,
      }),
    ).toStrictEqual([{ name: 'seoul', status: 'up', miner: true }, { name: 'busan' }])
    expect(await nodesOf('')).toBeUndefined()
    expect(await nodesOf({ nodes: 'none' })).toBeUndefined()
    proxy.behave({})
    const [parameters] = await readerOf({ urls: [proxy.url], registry }).readParameters(fresh())
    expect(parameters?.details).not.toHaveProperty('nodes')
  })
})

const someAddress = '0x00000000000000000000000000000000000000A1'

describe('a contract with an impossible count of ballots', () => {
  it('fails the reading', async ({ chain }) => {
    const { registry, gov } = await chain.wemix()
    // The fourth variable of the contract is ballotLength.
    await chain.client.setStorageAt({ address: gov, index: 3, value: `0x${'ff'.repeat(32)}` })
    await expect(follow({ urls: [chain.url], registry }).poll()).rejects.toThrow(
      /says it has \d+ ballots, more than any chain could hold/,
    )
  })
})
