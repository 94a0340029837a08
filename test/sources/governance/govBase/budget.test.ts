import { describe, expect } from 'vitest'
import { deployGovBase, followGovBase, pass } from './govBaseChain.js'
import { onSharedChain as it } from '../../../support/fixtures.js'

const two = [
  ['eth_getBlockByNumber'],
  ['eth_call', 'eth_chainId', 'eth_getBlockByNumber', 'eth_getLogs', 'web3_clientVersion'],
]

describe('the RPC budget of four contracts with 60 open proposals', () => {
  it('is two requests with a new block, whatever changed, one without, and nothing for closed proposals', async ({
    chain,
    proxy,
  }) => {
    const council = await deployGovBase(chain, 'GovBaseCouncil')
    const contracts = [
      council,
      await deployGovBase(chain, 'GovBaseValidator'),
      await deployGovBase(chain, 'GovBaseMinter'),
      await deployGovBase(chain, 'GovBaseMasterMinter'),
    ]
    for (const contract of contracts) {
      for (let index = 0; index < 15; index++)
        await contract.propose(index % 5, 'proposeChangeMaxProposals', BigInt(index + 1))
    }
    const { poll, proposals } = followGovBase(proxy.url, ...contracts)
    await poll()
    expect(proposals.size).toBe(60)

    await chain.client.mine({ blocks: 3 })
    expect(await proxy.during(poll)).toStrictEqual(two)
    expect(await proxy.during(poll)).toStrictEqual([['eth_getBlockByNumber']])

    const canceled = await council.propose(0, 'proposeAddBlacklist', council.stranger)
    await council.approve(1, 15n)
    expect(await proxy.during(poll)).toStrictEqual(two)
    expect(proposals.size).toBe(61)
    await council.act(0, 'cancelProposal', canceled)
    await poll()
    await chain.client.mine({ blocks: 1 })
    expect(await proxy.during(poll)).toStrictEqual(two)

    await pass(chain, 2_000)
    await poll()
    expect([...proposals.values()].filter(({ status }) => status === 'expired')).toHaveLength(60)
    await chain.client.mine({ blocks: 1 })
    expect(await proxy.during(poll)).toStrictEqual(two)
    const asked = JSON.stringify(proxy.requests)
    const getProposal = 'c7f758a8'
    expect(asked).toContain(`${getProposal}${(17).toString(16).padStart(64, '0')}`)
    expect(asked).not.toContain(`${getProposal}${(3).toString(16).padStart(64, '0')}`)
  })

  it('is two requests for the first poll of a short history', async ({ chain, proxy }) => {
    const council = await deployGovBase(chain, 'GovBaseCouncil')
    await council.propose(0, 'proposeAddBlacklist', council.stranger)
    const { poll, proposals } = followGovBase(proxy.url, council)

    expect(await proxy.during(poll)).toHaveLength(2)
    expect(proposals.size).toBe(1)
  })
})

describe('proposals with more data than fits a multicall', () => {
  it('are still read, and cost nothing extra once they are known', async ({ chain, proxy }) => {
    const council = await deployGovBase(chain, 'GovBaseCouncil')
    const accounts = Array.from({ length: 400 }, (_, index) => `0x${(index + 1).toString(16).padStart(40, '0')}`)
    const { poll, proposals } = followGovBase(proxy.url, council)
    await poll()
    for (let index = 0; index < 3; index++) await council.propose(index, 'proposeAddBlacklistBatch', accounts)
    await poll()
    expect([...proposals.values()].map(({ title }) => title.slice(0, 12))).toStrictEqual([
      'Blacklist 0x',
      'Blacklist 0x',
      'Blacklist 0x',
    ])

    await chain.client.mine({ blocks: 1 })
    expect(await proxy.during(poll)).toStrictEqual(two)
    expect(proposals.size).toBe(3)
  })
})
