import { describe, expect } from 'vitest'
import { keyOf } from '../../../../src/domain/proposals/proposal.js'
import { follow } from './follow.js'
import { startWemixChain } from './wemixChain.js'
import { onOwnWemix as it } from './onWemix.js'

describe('a reorg', () => {
  it('retracts a ballot that it removed', async ({ chain }) => {
    const { registry, changeEnv } = await chain.wemix()
    const { poll, proposal, proposals } = follow({ urls: [chain.url], registry })
    const kept = await changeEnv('blocksPer', [2n])
    await poll()
    await chain.mine()
    const { at } = await poll()
    const lost = await changeEnv('blocksPer', [3n])
    await poll()
    const before = proposal(lost)!

    await chain.reorg(1)
    const reading = await poll()
    expect(reading.retracted).toStrictEqual([keyOf(before)])
    expect(reading.rewoundTo).toBe(at.number)
    expect([...proposals.values()].map(({ id }) => id)).toStrictEqual([kept.toString()])
    expect((await poll()).retracted).toStrictEqual([])
  })

  it('that gives the id to another ballot retracts the first and reports the second', async ({ chain }) => {
    const { registry, people, changeEnv, addMember } = await chain.wemix()
    const { poll, proposal } = follow({ urls: [chain.url], registry })
    await poll()
    await chain.mine()
    await poll()
    const id = await changeEnv('blocksPer', [3n])
    await poll()
    const before = proposal(id)!
    await chain.reorg(1)
    expect(await addMember(people[5]!)).toBe(id)
    const reading = await poll()
    expect(reading.retracted).toStrictEqual([keyOf(before)])
    expect(proposal(id)).toMatchObject({ title: `Add member ${people[5]} (newcomer)`, type: 'membership' })
  })

  it('takes back a vote, a decision and a cancellation, and reports later votes', async ({ chain }) => {
    const { registry, people, changeEnv, vote, cancel } = await chain.wemix()
    const { poll, proposal } = follow({ urls: [chain.url], registry })
    const id = await changeEnv('blocksPer', [2n])
    const other = await changeEnv('blocksPer', [3n])
    await vote(id, true, 0)
    await poll()
    await chain.mine()
    await poll()
    await cancel(other)
    await vote(id, true, 1)
    expect((await poll()).votes).toHaveLength(1)
    expect(proposal(id)?.status).toBe('executed')
    expect(proposal(other)?.status).toBe('canceled')

    await chain.reorg(2)
    const reading = await poll()
    expect(reading).toMatchObject({ retracted: [], votes: [] })
    expect(proposal(id)).toMatchObject({ status: 'voting', tally: { yes: 3_333n } })
    expect(proposal(other)).toMatchObject({ status: 'submitted' })

    await vote(id, false, 2)
    expect((await poll()).votes).toMatchObject([{ voter: people[2], choice: 'no', index: 2 }])
  })

  it('reports a vote that replaces another in the new blocks', async ({ chain }) => {
    const { registry, people, changeEnv, vote } = await chain.wemix()
    const { poll } = follow({ urls: [chain.url], registry })
    const id = await changeEnv('blocksPer', [2n])
    await vote(id, true, 0)
    await poll()
    await chain.mine()
    await poll()
    await vote(id, true, 1)
    await poll()
    await chain.reorg(1)
    await vote(id, false, 2)
    await chain.mine()
    const { votes, rewoundTo } = await poll()
    expect(rewoundTo).toBeDefined()
    expect(votes).toMatchObject([{ voter: people[2], choice: 'no', index: 2 }])
  })

  it('below the oldest state of the node still returns the current ballots', async ({ chain, proxy }) => {
    const { registry, changeEnv, vote } = await chain.wemix()
    const { poll, proposal } = follow({ urls: [proxy.url], registry })
    const id = await changeEnv('blocksPer', [2n])
    await vote(id, true, 0)
    const { at } = await poll()
    await chain.mine()
    await poll()
    await vote(id, true, 1)
    await poll()
    await chain.reorg(2)
    await vote(id, false, 2)
    proxy.behave({
      rewrite: (call, answer) =>
        call.method === 'eth_call' && call.params?.[1] === `0x${at.number.toString(16)}`
          ? { error: { code: -32000, message: 'missing trie node ab' } }
          : answer,
    })
    await expect(poll()).resolves.toMatchObject({ rewoundTo: at.number, votes: [] })
    expect(proposal(id)).toMatchObject({ status: 'voting', tally: { yes: 3_333n, no: 3_333n } })
  })

  it('to another chain is an error that says so', async ({ chain, proxy }) => {
    const { registry } = await chain.wemix()
    const { poll } = follow({ urls: [proxy.url], registry })
    await poll()
    // Two chains that start in the same second have the same genesis.
    const other = await startWemixChain('--timestamp', '1700000000')
    await other.wemix()
    await other.client.mine({ blocks: 20 })
    proxy.retarget(other.url)
    await expect(poll()).rejects.toThrow('it is another chain or one that was reset')
    await other.stop()
  })
})

describe('a node that lags behind', () => {
  it('changes nothing', async ({ chain }) => {
    const { registry, changeEnv } = await chain.wemix()
    const { poll, proposal, cursor } = follow({ urls: [chain.url], registry })
    await poll()
    const id = await changeEnv('blocksPer', [2n])
    const state = await chain.client.snapshot()
    await chain.client.mine({ blocks: 5 })
    await poll()
    const before = cursor()
    await chain.client.revert({ id: state })
    const reading = await poll()
    expect(reading).toMatchObject({ proposals: [], retracted: [], votes: [] })
    expect(reading.rewoundTo).toBeUndefined()
    expect(cursor()).toStrictEqual(before)
    expect(proposal(id)).toMatchObject({ status: 'submitted' })
  })
})
