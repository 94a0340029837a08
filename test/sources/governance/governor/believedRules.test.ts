import { decodeAbiParameters, encodeAbiParameters, type Hex, isHex, parseAbiParameters, toHex } from 'viem'
import { describe, expect } from 'vitest'
import type { RpcCall } from '../../../support/servers/countingProxy.js'
import { follow } from './follow.js'
import { onSharedChain as it } from '../../../support/fixtures.js'
import type { Fields } from './spoilLogs.js'

const results = parseAbiParameters('(bool success, bytes returnData)[]')

/** Makes the first view of a multicall whose answer contains `data` revert, this many times. */
const reverting = (data: Hex, times = 1) => {
  let left = times
  return ({ method }: RpcCall, answer: Fields): Fields => {
    const { result } = answer
    if (method !== 'eth_call' || left === 0 || !isHex(result) || !result.includes(data.slice(2))) return answer
    left -= 1
    const [views] = decodeAbiParameters(results, result)
    const hit = views.findIndex(({ returnData }) => returnData.includes(data.slice(2)))
    const spoilt = views.map((view, at) => (at === hit ? { success: false, returnData: '0x' as const } : view))
    return { result: encodeAbiParameters(results, [spoilt]) }
  }
}

describe('a node that reports once that a view reverts', () => {
  const views = [
    ['COUNTING_MODE', toHex('support=bravo&quorum=for,abstain')],
    ['the symbol of the token', toHex('VOTE', { size: 32 })],
  ] as const

  it.for(views)('is not believed in a first sync: %s', async ([, data], { chain, proxy }) => {
    const { governor, actor } = await chain.deploy()
    const id = await actor.propose({ description: 'Closed in the first sync' })
    await chain.client.mine({ blocks: 100 })
    proxy.behave({ rewrite: reverting(data) })
    const { poll, proposal } = follow({ urls: [proxy.url], addresses: [governor] })
    await poll()
    expect(proposal(id)?.tally).toMatchObject({ quorumCounts: ['yes', 'abstain'], unit: 'VOTE' })
  })

  it('is not believed when the rules are read again', async ({ chain, proxy }) => {
    const { governor, actor } = await chain.deploy()
    let now = Date.now()
    const { poll, proposal } = follow({ urls: [proxy.url], addresses: [governor], now: () => now })
    const id = await actor.propose({ description: 'In voting' })
    await actor.toVotingStart(id)
    await poll()
    await actor.mine(1)
    now += 3_600_000
    proxy.behave({ rewrite: reverting(views[0][1]) })
    await poll()
    expect(proposal(id)?.tally).toMatchObject({ quorumCounts: ['yes', 'abstain'] })
  })
})
