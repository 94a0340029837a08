import { describe, expect } from 'vitest'
import { onSharedChain as it } from '../../../support/fixtures.js'
import { deployEntrypoint, followEntrypoint } from './entrypointChain.js'

const two = [['eth_getBlockByNumber'], ['eth_chainId', 'eth_getBlockByNumber', 'eth_getLogs', 'web3_clientVersion']]

describe('the RPC budget of two contracts', () => {
  it('is two requests with a new block, whatever is in it, and one without', async ({ chain, proxy }) => {
    const story = await deployEntrypoint(chain)
    const omni = await deployEntrypoint(chain)
    const { poll } = followEntrypoint(proxy.url, story, omni)
    expect(await proxy.during(poll)).toHaveLength(2)

    await chain.client.mine({ blocks: 3 })
    expect(await proxy.during(poll)).toStrictEqual(two)
    expect(await proxy.during(poll)).toStrictEqual([['eth_getBlockByNumber']])

    await story.announce('v2', 1_000_000)
    await omni.planUpgrade('1_v2', 1_000_000)
    expect(await proxy.during(poll)).toStrictEqual(two)
    await story.cancel()
    expect(await proxy.during(poll)).toStrictEqual(two)
  })
})
