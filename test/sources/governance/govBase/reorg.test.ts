import { describe, expect } from 'vitest'
import { keyOf } from '../../../../src/domain/proposals/proposal.js'
import { isJsonObject } from '../../../../src/domain/text/json.js'
import { followReader } from '../../../support/followReader.js'
import { deployGovBase, followGovBase, readerOf } from './govBaseChain.js'
import { onOwnChain as it } from '../../../support/fixtures.js'

describe('a reorg', () => {
  it('retracts a proposal that it removed', async ({ chain, proxy }) => {
    const council = await deployGovBase(chain, 'GovBaseCouncil')
    const { poll, proposals, proposal } = followGovBase(proxy.url, council)
    const kept = await council.propose(0, 'proposeChangeMaxProposals', 5n)
    await poll()
    const lost = await council.propose(0, 'proposeChangeMaxProposals', 6n)
    const before = await poll()
    expect(proposal(lost)).toBeDefined()

    await chain.reorg(1)
    const reading = await poll()

    expect(reading.retracted).toStrictEqual([keyOf({ chain: 'local', contract: council.address, id: lost.toString() })])
    expect(reading.rewoundTo).toBe(before.at.number - 1n)
    expect([...proposals.values()].map(({ id }) => id)).toStrictEqual([kept.toString()])
    expect((await poll()).retracted).toStrictEqual([])
  })

  it('that gives an id to another proposal retracts the first and reports the second', async ({ chain, proxy }) => {
    const council = await deployGovBase(chain, 'GovBaseCouncil')
    const { poll, proposal } = followGovBase(proxy.url, council)
    await poll()
    const first = await council.propose(0, 'proposeChangeMaxProposals', 5n)
    await poll()
    await chain.reorg(1)
    const second = await council.propose(1, 'proposeAddBlacklist', council.stranger)
    expect(second).toBe(first)
    const reading = await poll()

    expect(reading.retracted).toHaveLength(1)
    expect(reading.proposals).toMatchObject([
      { id: '1', title: `Blacklist ${council.stranger}`, proposer: council.members[1] },
    ])
    expect(proposal(second)?.origin?.block).toBe(reading.at.number)
  })

  it('that only moves a proposal to another block retracts nothing', async ({ chain, proxy }) => {
    const council = await deployGovBase(chain, 'GovBaseCouncil')
    const { poll, proposal } = followGovBase(proxy.url, council)
    await poll()
    const id = await council.propose(0, 'proposeChangeMaxProposals', 5n)
    await poll()
    const before = proposal(id)?.origin
    await chain.reorg(1)
    await council.propose(0, 'proposeChangeMaxProposals', 5n)
    const reading = await poll()

    expect(reading.retracted).toStrictEqual([])
    expect(proposal(id)?.origin?.hash).not.toBe(before?.hash)
  })

  it('takes back a vote, an execution and a replaced member', async ({ chain, proxy }) => {
    const council = await deployGovBase(chain, 'GovBaseCouncil', { quorum: 2 })
    const { poll, proposal } = followGovBase(proxy.url, council)
    const id = await council.propose(0, 'proposeChangeMaxProposals', 5n)
    await poll()
    await council.approve(1, id)
    await council.act(2, 'changeMember', council.stranger)
    await poll()
    expect(proposal(id)).toMatchObject({ status: 'executed', tally: { yes: 2n } })
    expect(proposal(id)?.description).toContain(council.stranger)

    await chain.reorg(2)
    const reading = await poll()

    expect(reading.retracted).toStrictEqual([])
    expect(reading.votes).toStrictEqual([])
    expect(proposal(id)).toMatchObject({ status: 'voting', tally: { yes: 1n } })
    expect(proposal(id)?.description).not.toContain(council.stranger)
  })

  it('deeper than the last polls is found through the checkpoints', async ({ chain, proxy }) => {
    const council = await deployGovBase(chain, 'GovBaseCouncil')
    const { poll, proposals } = followGovBase(proxy.url, council)
    for (let index = 0; index < 8; index++) {
      await council.propose(0, 'proposeChangeMaxProposals', BigInt(index + 1))
      await poll()
    }
    await chain.reorg(5)
    const reading = await poll()

    expect(reading.retracted).toHaveLength(5)
    expect([...proposals.values()].map(({ id }) => id)).toStrictEqual(['1', '2', '3'])
  })
})

describe('a reorg far behind the head', () => {
  it('is read to its end in one reading, however slow the node is', async ({ chain, proxy }) => {
    const council = await deployGovBase(chain, 'GovBaseCouncil')
    let time = 0
    const { poll, portion, proposals } = followReader(
      readerOf(proxy.url, [council], { maxLogRange: 2, now: () => (time += 10_000) }),
    )
    await poll()
    await council.propose(0, 'proposeChangeMaxProposals', 5n)
    await poll()
    await chain.reorg(1)
    await chain.client.mine({ blocks: 12 })
    const reading = await portion()

    expect(reading).toMatchObject({ backlog: 0n, proposals: [] })
    expect(reading.retracted).toHaveLength(1)
    expect(proposals.size).toBe(0)
  })
})

describe('another node', () => {
  it('that lags changes nothing, and nothing is skipped when it catches up', async ({ chain, proxy }) => {
    const council = await deployGovBase(chain, 'GovBaseCouncil')
    const { poll, proposal } = followGovBase(proxy.url, council)
    await chain.client.mine({ blocks: 3 })
    await poll()
    const id = await council.propose(0, 'proposeChangeMaxProposals', 5n)
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
    await council.approve(1, id)
    const caughtUp = await poll()
    expect(caughtUp.votes).toMatchObject([{ voter: council.members[1] }])
    expect(proposal(id)?.tally?.yes).toBe(2n)
  })

  it('of another chain is refused, and both chain ids are named', async ({ chain, proxy }) => {
    const council = await deployGovBase(chain, 'GovBaseCouncil')
    const { poll } = followGovBase(proxy.url, council)
    await poll()
    await chain.client.mine({ blocks: 1 })
    proxy.behave({ chainId: 8283 })

    await expect(poll()).rejects.toThrow(/is on chain 8283, expected 31337/)
    await expect(poll()).rejects.toHaveProperty('kind', 'permanent')
  })
})

describe('more new proposals than one request reads', () => {
  it('are read again if the block is replaced before the second request', async ({ chain, proxy }) => {
    const council = await deployGovBase(chain, 'GovBaseCouncil')
    const { poll, proposals } = followGovBase(proxy.url, council)
    await poll()
    for (let limit = 5n; limit < 11n; limit++)
      await council.propose(Number(limit % 3n), 'proposeChangeMaxProposals', limit)
    let multicalls = 0
    proxy.behave({
      rewrite: ({ method }, answer) => {
        if (method === 'eth_call') multicalls += 1
        const { result } = answer
        return multicalls > 1 && method === 'eth_getBlockByNumber' && isJsonObject(result)
          ? { result: { ...result, hash: `0x${'ab'.repeat(32)}` } }
          : answer
      },
    })
    await expect(poll()).rejects.toThrow(/had a reorg while block \d+ was read/)
    expect(proposals.size).toBe(0)

    proxy.behave({})
    await poll()
    expect(proposals.size).toBe(6)
  })
})
