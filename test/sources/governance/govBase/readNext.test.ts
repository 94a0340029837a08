import { describe, expect } from 'vitest'
import { onOwnChain as it } from '../../../support/fixtures.js'
import { followReader } from '../../../support/followReader.js'
import type { CountingProxy } from '../../../support/servers/countingProxy.js'
import { logsIn, spoilLogs } from '../governor/spoilLogs.js'
import { deployGovBase, followGovBase, readerOf } from './govBaseChain.js'

/** The first blocks of the logs that were requested. */
function logsAskedFrom({ requests }: CountingProxy): readonly bigint[] {
  return requests.flat().flatMap(({ method, params = [] }) => {
    const [filter] = params
    return method === 'eth_getLogs' && typeof filter === 'object' && filter !== null && 'fromBlock' in filter
      ? [BigInt(String(filter.fromBlock))]
      : []
  })
}

describe('a reorg that goes below the first reading', () => {
  it('reads the logs again from 64 blocks before that reading, not from the start', async ({ chain, proxy }) => {
    const council = await deployGovBase(chain, 'GovBaseCouncil')
    await chain.client.mine({ blocks: 200 })
    const { poll } = followGovBase(proxy.url, council)
    const first = await poll()
    await chain.reorg(150)
    await chain.client.mine({ blocks: 1 })
    proxy.reset()
    const reading = await poll()

    expect(reading.rewoundTo).toBeLessThan(first.at.number - 150n)
    expect(logsAskedFrom(proxy)).toContain(first.at.number - 64n)
    expect(logsAskedFrom(proxy).filter((block) => block < first.at.number - 64n && block !== 1n)).toStrictEqual([])
  })

  it('reads no logs before `fromBlock`', async ({ chain, proxy }) => {
    const council = await deployGovBase(chain, 'GovBaseCouncil')
    await chain.client.mine({ blocks: 200 })
    const fromBlock = (await chain.client.getBlockNumber()) - 5n
    const { poll } = followReader(readerOf(proxy.url, [council], { fromBlock }))
    await poll()
    await chain.reorg(150)
    await chain.client.mine({ blocks: 1 })
    proxy.reset()
    expect((await poll()).rewoundTo).toBeLessThan(fromBlock)
    expect(logsAskedFrom(proxy)).toContain(fromBlock)
    expect(logsAskedFrom(proxy).filter((block) => block < fromBlock && block !== 1n)).toStrictEqual([])
  })
})

describe('what a poll reports besides proposals', () => {
  it('is the version of the node, and no progress if one step is enough', async ({ chain, proxy }) => {
    const council = await deployGovBase(chain, 'GovBaseCouncil')
    const progress: unknown[] = []
    const { poll } = followReader(readerOf(proxy.url, [council], { onProgress: (step) => progress.push(step) }))
    expect((await poll()).nodeVersion).toMatch(/^anvil/)
    await council.propose(0, 'proposeAddBlacklist', council.stranger)
    await poll()
    expect(progress).toStrictEqual([])
  })

  it('is a warning about a log that cannot be decoded', async ({ chain, proxy }) => {
    const council = await deployGovBase(chain, 'GovBaseCouncil')
    const { poll, proposal } = followGovBase(proxy.url, council)
    await poll()
    const id = await council.propose(0, 'proposeAddBlacklist', council.stranger)
    proxy.behave({ rewrite: spoilLogs((log) => ({ ...log, data: '0x' })) })
    const { warnings, votes } = await poll()

    expect(warnings).not.toStrictEqual([])
    expect(votes).toStrictEqual([])
    expect(proposal(id)?.tally?.yes).toBe(1n)
  })
})

describe('a portion that ends before the target', () => {
  it('keeps the number of known proposals', async ({ chain, proxy }) => {
    const council = await deployGovBase(chain, 'GovBaseCouncil')
    await council.propose(0, 'proposeAddBlacklist', council.stranger)
    let time = 0
    const reader = readerOf(proxy.url, [council], { maxLogRange: 4, now: () => (time += 2_000) })
    const { poll, portion, cursor } = followReader(reader)
    await poll()
    await chain.client.mine({ blocks: 40 })
    expect((await portion()).backlog).toBeGreaterThan(0n)
    expect(cursor()).toMatchObject({ counts: { [council.address.toLowerCase()]: '1' } })
  })
})

describe('two contracts', () => {
  it('are asked only for their own proposals, however many the other has', async ({ chain, proxy }) => {
    const council = await deployGovBase(chain, 'GovBaseCouncil')
    const validators = await deployGovBase(chain, 'GovBaseValidator')
    await council.propose(0, 'proposeAddBlacklist', council.stranger)
    for (const tip of [1n, 2n, 3n, 4n, 5n, 6n, 7n]) await validators.propose(Number(tip % 5n), 'proposeGasTip', tip)
    const { poll, proposals } = followGovBase(proxy.url, council, validators)
    await poll()
    await chain.client.mine({ blocks: 1 })
    expect(await poll()).toMatchObject({ retracted: [], warnings: [] })
    expect(proposals.size).toBe(8)
  })
})

describe('a vote whose log the node withholds', () => {
  it('is reported one poll later', async ({ chain, proxy }) => {
    const council = await deployGovBase(chain, 'GovBaseCouncil')
    const id = await council.propose(0, 'proposeAddBlacklist', council.stranger)
    const { poll, cursor } = followGovBase(proxy.url, council)
    await poll()
    await council.approve(1, id)
    proxy.behave({ rewrite: (call, answer) => (logsIn(call, answer) === undefined ? answer : { result: [] }) })
    expect((await poll()).votes).toStrictEqual([])
    expect(cursor()).toHaveProperty('unsure')
    proxy.behave({})
    await chain.client.mine({ blocks: 1 })
    expect((await poll()).votes).toMatchObject([{ voter: council.members[1], choice: 'yes' }])
  })
})
