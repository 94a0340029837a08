import { getAddress, type Hex, toFunctionSelector } from 'viem'
import { describe, expect } from 'vitest'
import { keyOf } from '../../../../src/domain/proposals/proposal.js'
import { type Chain, startChain } from '../../../support/chain.js'
import { followReader } from '../../../support/followReader.js'
import { follow, readerOf } from './follow.js'
import { logsIn } from './spoilLogs.js'
import { onOwnChain as it } from '../../../support/fixtures.js'

/** A fork of the chain that continues separately. */
async function forkOf(url: string) {
  const fork = await startChain('--fork-url', url)
  return { ...fork, [Symbol.asyncDispose]: () => fork.stop() }
}

/** Removes a function from the contract. */
async function forgetView({ client }: Chain, governor: string, signature: string): Promise<void> {
  const address = getAddress(governor)
  const code = (await client.getCode({ address })) ?? '0x'
  const bytecode: Hex = `0x${code.slice(2).replaceAll(`63${toFunctionSelector(signature).slice(2)}`, '63ffffffff')}`
  expect(bytecode).not.toBe(code)
  await client.setCode({ address, bytecode })
}

describe('a reorg', () => {
  it('retracts a proposal that it removed', async ({ chain, proxy }) => {
    const { governor, actor } = await chain.deploy()
    const { poll, proposals, proposal } = follow({ urls: [proxy.url], addresses: [governor] })
    const kept = await actor.propose({ description: 'Stays' })
    await poll()
    await actor.mine(2)
    await poll()
    const lost = await actor.propose({ description: 'Goes' })
    await poll()
    const before = proposal(lost)
    expect(before).toBeDefined()

    await chain.reorg(1)
    const reading = await poll()

    expect(reading.retracted).toStrictEqual([before === undefined ? '' : keyOf(before)])
    expect(reading.rewoundTo).toBe((before?.origin?.block ?? 0n) - 1n)
    expect(proposals.size).toBe(1)
    expect(proposal(kept)).toMatchObject({ status: 'voting' })
    expect((await poll()).retracted).toStrictEqual([])
  })

  it('takes back a vote and a cancellation', async ({ chain, proxy }) => {
    const { governor, actor } = await chain.deploy()
    const { poll, proposal } = follow({ urls: [proxy.url], addresses: [governor] })
    const voted = await actor.propose({ description: 'Voted on' })
    await actor.toVotingStart(voted)
    const canceled = await actor.propose({ description: 'Canceled', proposer: 1 })
    await poll()
    await actor.cancel(canceled)
    await actor.vote(voted, 1, 0)
    await poll()
    expect(proposal(voted)?.tally?.yes).toBe(100n)
    expect(proposal(canceled)?.status).toBe('canceled')

    await chain.reorg(2)
    const reading = await poll()

    expect(reading.retracted).toStrictEqual([])
    expect(proposal(voted)).toMatchObject({ status: 'voting', tally: { yes: 0n } })
    expect(proposal(canceled)?.status).toMatch(/submitted|voting/)
  })

  it('counts votes again from unchanged blocks, too, if only logs report them, and reports each once', async ({
    chain,
    proxy,
  }) => {
    const { governor, actor } = await chain.deploy()
    await forgetView(chain, governor, 'proposalVotes(uint256)')
    const { poll, proposal } = follow({ urls: [proxy.url], addresses: [governor] })
    const id = await actor.propose({ description: 'Counted by its logs' })
    await actor.toVotingStart(id)
    await poll()
    await actor.vote(id, 1, 0)
    expect((await poll()).votes).toHaveLength(1)
    await actor.vote(id, 1, 1)
    await poll()
    expect(proposal(id)?.tally?.yes).toBe(200n)

    await chain.reorg(1)
    await actor.vote(id, 0, 2)
    const { retracted, votes } = await poll()

    expect(retracted).toStrictEqual([])
    expect(votes.map(({ choice }) => choice)).toStrictEqual(['no'])
    expect(proposal(id)).toMatchObject({ title: 'Counted by its logs', tally: { yes: 100n, no: 100n } })
  })

  it('retracts nothing because the node leaves out a log of an unchanged block', async ({ chain, proxy }) => {
    const { governor, actor } = await chain.deploy()
    await forgetView(chain, governor, 'proposalVotes(uint256)')
    const { poll, proposal } = follow({ urls: [proxy.url], addresses: [governor] })
    const id = await actor.propose({ description: 'Counted by its logs' })
    await poll()
    await actor.mine(1)
    await poll()
    await chain.reorg(1)
    proxy.behave({ rewrite: (call, answer) => (logsIn(call, answer) === undefined ? answer : { result: [] }) })

    expect((await poll()).retracted).toStrictEqual([])
    expect(proposal(id)?.title).toBe('Counted by its logs')
  })

  it('retracts a proposal without a stored origin if the contract does not know it', async ({ chain, proxy }) => {
    const { governor, actor } = await chain.deploy()
    const { poll, proposal, reader, cursor } = follow({ urls: [proxy.url], addresses: [governor] })
    await poll()
    const id = await actor.propose({ description: 'Goes' })
    await poll()
    const { origin: _unwritten, ...older } = proposal(id)!
    await chain.reorg(1)
    const { signal } = new AbortController()
    const { retracted } = await reader.read({ cursor: cursor()!, open: [older], signal })

    expect(retracted).toStrictEqual([keyOf(older)])
  })

  it('deeper than the last polls is found through the checkpoints', async ({ chain, proxy }) => {
    const { governor, actor } = await chain.deploy()
    const { poll, proposals } = follow({ urls: [proxy.url], addresses: [governor] })
    for (let index = 0; index < 8; index++) {
      await actor.propose({ description: `Proposal ${index}` })
      await poll()
    }
    await chain.reorg(5)
    const reading = await poll()

    expect(reading.retracted).toHaveLength(5)
    expect([...proposals.values()].map(({ title }) => title)).toStrictEqual(['Proposal 0', 'Proposal 1', 'Proposal 2'])
  })

  it('that goes back and grows again on another branch is told apart from a node that lags', async ({
    chain,
    proxy,
  }) => {
    const { governor, actor } = await chain.deploy()
    const { poll, proposal } = follow({ urls: [proxy.url], addresses: [governor] })
    await poll()
    const snapshot = await chain.client.snapshot()
    const lost = await actor.propose({ description: 'Goes' })
    await actor.mine(3)
    const before = await poll()

    await chain.client.revert({ id: snapshot })
    const behind = await poll()
    expect(behind).toMatchObject({ head: before.head, at: before.at, proposals: [], retracted: [] })
    expect(proposal(lost)).toBeDefined()

    await actor.mine(6)
    const after = await poll()
    expect(after.retracted).toHaveLength(1)
    expect(proposal(lost)).toBeUndefined()
  })
})

describe('a chain that returns to the branch that it left', () => {
  it('reports the proposals of that branch again', async ({ chain }) => {
    const { governor, actor } = await chain.deploy()
    const on = (url: string) => readerOf({ urls: [url], addresses: [governor] })
    const first = followReader(on(chain.url))
    await first.poll()
    await using other = await forkOf(chain.url)
    const id = await actor.propose({ description: 'Goes and comes back' })
    for (let block = 0; block < 3; block++) {
      await first.poll()
      await actor.mine(1)
    }
    await first.poll()

    await other.client.mine({ blocks: 8 })
    const away = first.restarted(on(other.url))
    expect((await away.poll()).retracted).toHaveLength(1)
    await actor.mine(8)
    const back = away.restarted(on(chain.url))
    await back.poll()

    expect(back.proposal(id)?.title).toBe('Goes and comes back')
  })
})

describe('a reorg to a shorter chain', () => {
  it('is detected before the chain has grown back', async ({ chain, proxy }) => {
    const { governor, actor } = await chain.deploy()
    const { poll, proposal } = follow({ urls: [proxy.url], addresses: [governor] })
    await poll()
    const snapshot = await chain.client.snapshot()
    const lost = await actor.propose({ description: 'Goes' })
    for (let block = 0; block < 4; block++) {
      await poll()
      await actor.mine(1)
    }
    const before = await poll()
    await chain.client.revert({ id: snapshot })
    await actor.mine(2)
    const after = await poll()

    expect(after.at.number).toBeLessThan(before.at.number)
    expect(after.retracted).toHaveLength(1)
    expect(proposal(lost)).toBeUndefined()
  })
})

describe('another node', () => {
  it('that lags changes nothing, and nothing is skipped when it catches up', async ({ chain, proxy }) => {
    const { governor, actor } = await chain.deploy()
    const { poll, proposal } = follow({ urls: [proxy.url], addresses: [governor] })
    await actor.mine(3)
    await poll()
    const id = await actor.propose({ description: 'Seen by one' })
    await actor.mine(2)
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
    const reading = await poll()
    expect(reading).toMatchObject({ head: full.head, proposals: [], retracted: [], backlog: 0n, lagging: true })

    proxy.behave({})
    await actor.mine(1)
    await poll()
    expect(proposal(id)?.status).toBe('voting')
  })

  it('of another history is refused, and nothing changes', async ({ chain, proxy }) => {
    const { governor, actor } = await chain.deploy()
    const { poll, proposals, cursor } = follow({ urls: [proxy.url], addresses: [governor] })
    await actor.propose({ description: 'Ours' })
    await poll()
    const before = cursor()
    const other = await startChain('--timestamp', '1700000000')
    try {
      const { actor: others } = await other.deploy()
      await others.mine(20)
      proxy.retarget(other.url)
      await expect(poll()).rejects.toThrow(/differs from what was recorded at block \d+/)
    } finally {
      await other.stop()
    }
    expect(cursor()).toStrictEqual(before)
    expect(proposals.size).toBe(1)
  })

  it('of another chain is refused, and both chain ids are named', async ({ chain, proxy }) => {
    const { governor, actor } = await chain.deploy()
    const { poll } = follow({ urls: [proxy.url], addresses: [governor] })
    await poll()
    await actor.mine(1)
    proxy.behave({ chainId: 5 })

    await expect(poll()).rejects.toThrow(/is on chain 5, expected 31337/)
    await expect(poll()).rejects.toHaveProperty('kind', 'permanent')
  })

  it('of another chain than configured is refused before anything else of it is used', async ({ chain, proxy }) => {
    const { governor } = await chain.deploy()
    const { poll } = follow({
      urls: [proxy.url],
      addresses: [governor.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'))],
      chainId: 1,
    })

    await expect(poll()).rejects.toThrow(/is on chain 31337, expected 1/)
  })
})
