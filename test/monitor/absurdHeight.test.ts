import { describe, expect } from 'vitest'
import type { SyncResult } from '../../src/monitor/Monitor.js'
import { type Behaviour, type RpcCall, urlsOf } from '../support/servers/countingProxy.js'
import { startWemixvisorServer } from '../support/servers/wemixvisorServer.js'
import { upgrade as wireUpgrade } from '../sources/governance/wemixvisorRpc/following.js'
import { configOf } from '../sources/governance/wemixvisorRpc/monitorGiven.js'
import { pass, upgradeDraft } from './upgradeStory.js'
import { chainOf, watch } from './watching.js'
import { onSharedChain as it } from '../support/fixtures.js'

const absurd = `0x${(2 ** 40).toString(16)}`
const isLatest = ({ method, params }: RpcCall): boolean => method === 'eth_getBlockByNumber' && params?.[0] === 'latest'
/** Claims 2^40 as the newest block for the first `times` requests. */
function lyingHead(times: number): { readonly behaviour: Behaviour; readonly told: () => number } {
  let told = 0
  return {
    told: () => told,
    behaviour: {
      rewrite: (call, answer) => {
        if (!isLatest(call) || told >= times) return answer
        told += 1
        return { result: Object.assign({}, answer['result'], { number: absurd }) }
      },
    },
  }
}

describe('a node that claims an absurdly high head', () => {
  it.for([
    ['the only node', 1, 1, 1],
    ['one of two nodes', 2, 1, 1],
    ['one of three, two of which must agree', 3, 2, 1],
  ] as const)(
    '%s: neither writes the file early nor changes the known head',
    async ([_, nodes, agreement, times], { chain, proxies, place }) => {
      const people = await chain.deploy()
      await chain.client.mine({ blocks: 100 })
      const config = chainOf(urlsOf(proxies, nodes), people.governor, {
        rpc: { agreement },
        monitor: { pollInterval: '50ms', maxBackoff: '50ms', finality: 'finalized' },
        upgradeInfo: { home: place.home },
      })
      await using watching = watch({ chains: [config] })
      await watching.settle()
      const id = await pass(people, upgradeDraft(people, { name: 'v2', height: await chain.heightIn(400) }))
      await chain.client.mine({ blocks: 70 })
      const { height } = await watching.upgrade(id)
      const lie = lyingHead(times)
      proxies[0].behave(lie.behaviour)
      const results: SyncResult[] = []
      while (lie.told() < times) results.push(...(await watching.monitor.sync()))
      for (let poll = 0; poll < 3; poll += 1) {
        await people.actor.mine(1)
        await watching.settle()
      }

      expect(results.filter((result) => result.ok && result.height > 100_000n)).toStrictEqual([])
      expect(place.file()).toBeUndefined()
      expect(watching.events(id)).not.toContain('upgrade_triggered')
      expect(await watching.upgrade(id)).toMatchObject({ status: 'scheduled' })

      await chain.mineTo(height!)
      await watching.told('upgrade_triggered', id)
      expect(place.file()).toStrictEqual({ name: 'v2', height })
    },
  )

  it('hides no block of the other two nodes when it claims so at every request', async ({ chain, proxies, place }) => {
    const people = await chain.deploy()
    await chain.client.mine({ blocks: 100 })
    const config = chainOf(urlsOf(proxies), people.governor, {
      rpc: { agreement: 2 },
      monitor: { pollInterval: '50ms', maxBackoff: '50ms', finality: 'finalized' },
      upgradeInfo: { home: place.home },
    })
    await using watching = watch({ chains: [config] })
    await watching.settle()
    const id = await pass(people, upgradeDraft(people, { name: 'v2', height: await chain.heightIn(400) }))
    await chain.client.mine({ blocks: 70 })
    const { height } = await watching.upgrade(id)
    proxies[0].behave(lyingHead(Infinity).behaviour)
    await people.actor.mine(1)
    expect(await watching.monitor.sync()).toMatchObject([{ ok: true, height: BigInt(await chain.heightIn(0)) }])

    await chain.mineTo(height!)
    await watching.told('upgrade_triggered', id)
    expect(place.file()).toStrictEqual({ name: 'v2', height })
    expect(watching.events()).not.toContain('source_down')
  })

  it('neither writes the file early nor changes the known head when read in the wemixvisor dialect', async ({
    place,
  }) => {
    await using server = Object.assign(await startWemixvisorServer(), {
      async [Symbol.asyncDispose]() {
        await server.stop()
      },
    })
    await using watching = watch({
      // Without its checks before the height, which ask for the status too and could be told the lie instead.
      chains: [{ ...configOf(server, place.home), monitor: { pollInterval: '1h' }, preflight: { at: [] } }],
    })
    await watching.settle()
    server.put(wireUpgrade('7', 'passed', { name: 'v2', height: '1100', info: '' }))
    server.mine()
    await watching.settle()
    expect(await watching.upgrade(7n)).toMatchObject({ status: 'scheduled' })
    server.behave({
      body: (answers) =>
        JSON.stringify(answers).replace('"latest_block_height":"1002"', `"latest_block_height":"${2 ** 40}"`),
    })
    server.mine()
    expect(await watching.monitor.sync()).toMatchObject([{ ok: false }])
    server.mine()
    expect(await watching.monitor.sync()).toMatchObject([{ ok: true, height: 1_003n }])
    expect(place.file()).toBeUndefined()

    server.mine(97)
    await watching.settle()
    expect(place.file()).toMatchObject({ name: 'v2', height: 1_100 })
  })
})
