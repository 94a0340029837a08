import { encodeFunctionData, type Hex, parseAbi } from 'viem'
import { describe, expect } from 'vitest'
import { follow } from './follow.js'
import { onOwnChain as it } from '../../../support/fixtures.js'
import { type Fields, logsIn, spoilLogs } from './spoilLogs.js'

describe('a node that numbers logs per transaction', () => {
  it.for<[string, Fields]>([
    ['with the index of the transaction', {}],
    ['without the index of the transaction', { transactionIndex: undefined }],
    ['with the index 0 for every transaction', { transactionIndex: '0x0' }],
    ['with the index null', { transactionIndex: null }],
  ])('yields both proposals of a block %s', async ([_, more], { chain, proxy }) => {
    const { governor, actor, voters } = await chain.deploy()
    const { poll, proposals } = follow({ urls: [proxy.url], addresses: [governor] })
    await poll()
    const data = (description: string): Hex =>
      encodeFunctionData({
        abi: parseAbi(['function propose(address[], uint256[], bytes[], string)']),
        args: [[governor], [0n], ['0x'], description],
      })
    await chain.client.setAutomine(false)
    for (const [index, from] of voters.slice(0, 2).entries())
      await chain.client.request({
        method: 'eth_sendTransaction',
        params: [{ from, to: governor, data: data(`Number ${index}`) }],
      })
    await actor.mine(1)
    await chain.client.setAutomine(true)
    proxy.behave({ rewrite: spoilLogs((log) => ({ ...log, logIndex: '0x0', ...more })) })
    await poll()
    expect([...proposals.values()].map(({ title }) => title).sort()).toStrictEqual(['Number 0', 'Number 1'])
  })
})

describe('a log that the bloom of its block announces and the node withholds', () => {
  it('is read one poll later, within the same requests', async ({ chain, proxy }) => {
    const { governor, actor } = await chain.deploy()
    const { poll, proposal, cursor } = follow({ urls: [proxy.url], addresses: [governor] })
    await poll()
    const id = await actor.propose({ description: 'Late' })
    proxy.behave({ rewrite: (call, answer) => (logsIn(call, answer) === undefined ? answer : { result: [] }) })
    await poll()
    expect(proposal(id)).toBeUndefined()
    expect(cursor()).toHaveProperty('unsure')

    proxy.behave({})
    proxy.reset()
    await actor.mine(1)
    await poll()
    expect(proposal(id)).toMatchObject({ title: 'Late', status: 'submitted' })
    expect(proxy.requests).toHaveLength(2)
    expect(cursor()).not.toHaveProperty('unsure')
  })

  it('leads to no vote twice', async ({ chain, proxy }) => {
    const { governor, actor } = await chain.deploy()
    const { poll, proposal } = follow({ urls: [proxy.url], addresses: [governor] })
    const id = await actor.propose({ description: 'Voted on' })
    await actor.toVotingStart(id)
    await actor.mine(1)
    await poll()
    await actor.vote(id, 1, 0)
    proxy.behave({ rewrite: (call, answer) => (logsIn(call, answer) === undefined ? answer : { result: [] }) })
    expect((await poll()).votes).toStrictEqual([])
    proxy.behave({})
    await actor.vote(id, 1, 1)
    expect((await poll()).votes).toHaveLength(2)
    await actor.mine(1)
    expect((await poll()).votes).toStrictEqual([])
    expect(proposal(id)?.tally?.yes).toBe(200n)
  })
})
