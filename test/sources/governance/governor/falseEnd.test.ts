import { encodeAbiParameters, parseAbiParameters, toEventSelector } from 'viem'
import { describe, expect } from 'vitest'
import type { RpcCall } from '../../../support/servers/countingProxy.js'
import { follow } from './follow.js'
import { onOwnChain as it } from '../../../support/fixtures.js'
import { type Fields, logsIn } from './spoilLogs.js'

describe('a node whose logs report an open proposal as closed', () => {
  const ending =
    (id: bigint, event: string) =>
    (call: RpcCall, answer: Fields): Fields => {
      const logs = logsIn(call, answer) ?? []
      const log = logs.findLast(({ data }) => String(data).includes(id.toString(16)))
      if (log === undefined) return answer
      const data = encodeAbiParameters(parseAbiParameters('uint256'), [id])
      return { result: [...logs, { ...log, topics: [toEventSelector(event)], data, logIndex: '0x77' }] }
    }
  const lie = /reports proposal \d+ of .* as over, but its contract reports it as submitted/

  it.for(['ProposalCanceled(uint256)', 'ProposalExecuted(uint256)'])(
    'is skipped, in a first sync and later: %s',
    async (event, { chain, proxy }) => {
      const { governor, actor } = await chain.deploy()
      const late = follow({ urls: [proxy.url, chain.url], addresses: [governor] })
      await late.poll()
      const id = await actor.propose({ description: 'It goes on' })
      proxy.behave({ rewrite: ending(id, event) })
      const first = follow({ urls: [proxy.url, chain.url], addresses: [governor] })
      for (const each of [first, late]) {
        expect((await each.poll()).warnings).toStrictEqual([])
        expect(each.proposal(id)?.status).toBe('submitted')
      }
    },
  )

  it('is not believed if it is the only one: the status of the contract counts', async ({ chain, proxy }) => {
    const { governor, actor } = await chain.deploy({ votingDelay: 100 })
    const id = await actor.propose({ description: 'It goes on' })
    await chain.client.mine({ blocks: 50 })
    proxy.behave({ rewrite: ending(id, 'ProposalCanceled(uint256)') })
    let time = 0
    for (const options of [{}, { maxLogRange: 10, now: () => (time += 10_000) }]) {
      const alone = follow({ urls: [proxy.url], addresses: [governor], ...options })
      expect((await alone.poll()).warnings.join()).toMatch(lie)
      expect(alone.proposal(id)?.status).toBe('submitted')
    }
  })

  it('is told apart from an honest one with one request, however many proposals it closed', async ({
    chain,
    proxy,
  }) => {
    const { governor, actor } = await chain.deploy({ votingDelay: 100 })
    const ids: bigint[] = []
    const { poll, proposal } = follow({ urls: [proxy.url], addresses: [governor] })
    await poll()
    const costs: number[] = []
    for (const count of [1, 3]) {
      for (let index = 0; index < count; index += 1) {
        const id = await actor.propose({ description: `${count} ${index}` })
        await actor.cancel(id)
        ids.push(id)
      }
      proxy.reset()
      expect((await poll()).warnings).toStrictEqual([])
      costs.push(proxy.requests.length)
    }
    expect(ids.map((id) => proposal(id)?.status)).toStrictEqual(['canceled', 'canceled', 'canceled', 'canceled'])
    expect(costs).toStrictEqual([3, 3])
  })
})
