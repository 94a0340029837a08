import { describe, expect } from 'vitest'
import type { SyncResult } from '../../src/monitor/Monitor.js'
import type { Behaviour, CountingProxy, RpcCall } from '../support/countingProxy.js'
import { startWemixvisorServer } from '../support/wemixvisorServer.js'
import { planBlock } from '../../src/localChain/planBlock.js'
import { upgrade as wireUpgrade } from '../sources/governance/wemixvisorRpc/following.js'
import { pass, upgradeDraft } from './upgradeStory.js'
import { chainOf, watch } from './watching.js'
import { onSharedChain as it } from '../support/fixtures.js'

const absurd = `0x${(2 ** 40).toString(16)}`
const urls = (proxies: readonly [CountingProxy, CountingProxy, CountingProxy], count: number): readonly string[] =>
  proxies.slice(0, count).map(({ url }) => url)
const isLatest = ({ method, params }: RpcCall): boolean => method === 'eth_getBlockByNumber' && params?.[0] === 'latest'
/** Says that the newest block is 2^40, the first `times` times it is asked. */
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

describe('one absurd height', () => {
  it.for([
    ['of the only node', 1, 1, 1],
    ['beside a node that knows better', 2, 1, 1],
    ['where two must agree', 3, 2, 1],
  ] as const)(
    '%s neither writes the file early nor moves what is known',
    async ([_, nodes, agreement, times], { chain, proxies, place }) => {
      const people = await chain.deploy()
      await chain.client.mine({ blocks: 100 })
      const config = chainOf(urls(proxies, nodes), people.governor, {
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

      await chain.mineTo(height)
      await watching.told('upgrade_triggered', id)
      expect(place.file()).toStrictEqual({ name: 'v2', height })
    },
  )

  it('told for ever by the first of three nodes hides no chain that the others know', async ({
    chain,
    proxies,
    place,
  }) => {
    const people = await chain.deploy()
    await chain.client.mine({ blocks: 100 })
    const config = chainOf(urls(proxies, 3), people.governor, {
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

    await chain.mineTo(height)
    await watching.told('upgrade_triggered', id)
    expect(place.file()).toStrictEqual({ name: 'v2', height })
    expect(watching.events()).not.toContain('source_down')
  })

  it('of a server of the wemixvisor dialect does neither', async ({ place }) => {
    await using server = Object.assign(await startWemixvisorServer(), {
      async [Symbol.asyncDispose]() {
        await server.stop()
      },
    })
    await using watching = watch({
      chains: [
        {
          ...chainOf(server.url, ''),
          governance: { system: 'wemixvisor-rpc' },
          monitor: { pollInterval: '1h' },
          upgradeInfo: { home: place.home },
        },
      ],
    })
    await watching.settle()
    server.put(wireUpgrade('7', 'passed', { name: 'v2', height: '1100', info: '' }))
    server.mine()
    await watching.settle()
    expect(await watching.upgrade(7n)).toMatchObject({ status: 'scheduled' })
    let lies = 1
    server.behave({
      body: (answers) =>
        JSON.stringify(answers).replace('"latest_block_height":"1002"', (told) =>
          lies-- > 0 ? `"latest_block_height":"${2 ** 40}"` : told,
        ),
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

describe('the info of a plan', () => {
  it('that one node tells otherwise is never written, where all must agree', async ({ chain, proxies, place }) => {
    const people = await chain.deploy({ version: 'bravo', timelock: { minDelay: 60 } })
    const sum = (digit: string): string => digit.repeat(64)
    const hex = (text: string): string => Buffer.from(text).toString('hex')
    proxies[0].behave({
      rewrite: (call, answer) =>
        call.method === 'eth_getLogs'
          ? { result: JSON.parse(JSON.stringify(answer['result']).replaceAll(hex(sum('a')), hex(sum('b')))) }
          : answer,
    })
    const warnings: string[] = []
    const silent = (): void => undefined
    await using watching = watch(
      {
        chains: [
          chainOf(urls(proxies, 3), people.governor, { rpc: { agreement: 3 }, upgradeInfo: { home: place.home } }),
        ],
      },
      { log: { info: silent, error: silent, warn: (_fields, text) => void warnings.push(text) } },
    )
    await watching.settle()
    const height = await chain.heightIn(60)
    const info = { binaries: { 'linux/amd64': `https://good.example/v2?checksum=sha256:${sum('a')}` } }
    const id = await pass(people, { description: `# Upgrade\n\n${planBlock({ name: 'v2', height, info })}` })
    await watching.told('upgrade_scheduled', id)
    await chain.mineTo(height)
    const { message } = await watching.told('upgrade_failed', id)
    await watching.settle()

    expect(message).toMatch(/of 3 nodes confirm v2 at height .*, 3 must: A node tells other info for it/)
    expect(warnings.filter((text) => text.includes('do not agree on the content'))).toHaveLength(1)
    for (const { host } of urls(proxies, 3).map((url) => new URL(url))) expect(warnings.join()).toContain(host)
    expect(place.file()).toBeUndefined()
  })
})

describe('a node that hangs', () => {
  it('delays no write that the others vouch for, and no reading', async ({ chain, proxies, place }) => {
    const people = await chain.deploy()
    await using watching = watch({
      chains: [
        chainOf(urls(proxies, 3), people.governor, {
          rpc: { agreement: 2, timeout: '60s' },
          upgradeInfo: { home: place.home },
        }),
      ],
    })
    await watching.settle()
    const height = await chain.heightIn(60)
    const id = await pass(people, upgradeDraft(people, { name: 'v2', height }))
    await watching.told('upgrade_scheduled', id)
    proxies[2].behave({ fail: 'hang' })
    await chain.mineTo(height)
    await watching.told('upgrade_triggered', id)
    expect(place.file()).toStrictEqual({ name: 'v2', height })
  })

  it('without whom too few vouch keeps nothing from being read', async ({ chain, proxies, place }) => {
    const people = await chain.deploy()
    await using watching = watch({
      chains: [
        chainOf(urls(proxies, 2), people.governor, {
          rpc: { agreement: 2, timeout: '60s' },
          upgradeInfo: { home: place.home },
        }),
      ],
    })
    await watching.settle()
    const height = await chain.heightIn(60)
    const id = await pass(people, upgradeDraft(people, { name: 'v2', height }))
    await watching.told('upgrade_scheduled', id)
    proxies[1].behave({ fail: 'hang' })
    await chain.mineTo(height)
    await proxies[1].waitFor(proxies[1].requests.length + 1)
    const other = await people.actor.propose({ description: 'Seen while the write waits' })
    await watching.told('new_proposal', other)
    expect(place.file()).toBeUndefined()
  })
})
